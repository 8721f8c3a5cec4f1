package dev.surprisal.scorer.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.scorer.cli.Scorer;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Pipeline;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The HTTP API of a scorer on a real broker. */
class ApiIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String GOOD = "{\"amount\": 50, \"age\": 30, \"country\": \"DE\"}";
    private static final String ODD = "{\"amount\": 500, \"age\": 30, \"country\": \"FR\"}";
    private static final int RECORDS = 400;
    private static final String API = "/api/v1/pipelines/payments";

    @TempDir
    private static Path folder;

    private static TestBroker broker;
    private static Scorer scorer;
    private static HttpClient http;

    @BeforeAll
    static void start() throws Exception {
        broker = TestBroker.start(folder);
        broker.create("payments", 1 << 20);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            String value = i % 100 == 99 ? "x" : i % 20 == 7 ? ODD : GOOD;
            records.add(new ProducerRecord<>("payments", ("card " + i % 10).getBytes(UTF_8), value.getBytes(UTF_8)));
        }
        broker.send(records);
        Path model = TinyModel.write(folder.resolve("tiny.onnx"));
        scorer = Scorer.start(
                "127.0.0.1",
                0,
                List.of(new Pipeline(
                        "payments",
                        "payments",
                        model,
                        null,
                        Delivery.EXACTLY_ONCE,
                        1,
                        1 << 20,
                        Map.of("bootstrap.servers", broker.address()))));
        assertThat(scorer.awaitReady(PATIENCE)).isTrue();
        http = HttpClient.newHttpClient();
        await().atMost(PATIENCE)
                .until(() -> json(get(API + "/flags")).get("held").asInt() == 20);
        await().atMost(PATIENCE)
                .until(() -> json(get(API + "/dead-letters")).get("held").asInt() == 4);
    }

    @AfterAll
    static void stop() {
        scorer.close();
        broker.close();
    }

    @Test
    void scoresOneRecordWithTheBitsThatTheTopicHas() throws Exception {
        JsonNode event = JSON.readTree(broker.read("payments.anomalies", read -> !read.isEmpty())
                .get(0)
                .value());

        HttpResponse<String> response = post(ODD);

        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode answer = json(response);
        JsonNode score = answer.get("results").get(0).get("score");
        assertThat(answer.get("model_version").asText()).isEqualTo(TinyModel.VERSION);
        for (String figure : List.of("score", "p_value", "surprise")) {
            assertThat(score.get(figure)).as(figure).isEqualTo(event.get(figure));
        }
        assertThat(score.get("anomaly").asBoolean()).isTrue();
        assertThat(score.get("reasons").get(0).get("field").asText()).isEqualTo("amount");
    }

    @Test
    void scoresManyAndTellsWhatIsWrongWithEach() throws Exception {
        JsonNode results = json(post("[" + GOOD + ", {\"amount\": \"much\"}, 7, " + ODD + "]"))
                .get("results");

        assertThat(results).hasSize(4);
        assertThat(results.get(0).get("score").get("anomaly").asBoolean()).isFalse();
        assertThat(results.get(1).get("refusal").get("step").asText()).isEqualTo("encode");
        assertThat(results.get(1).get("refusal").get("reason").asText()).contains("amount");
        assertThat(results.get(2).get("refusal").get("step").asText()).isEqualTo("parse");
        assertThat(results.get(3).get("score").get("anomaly").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"amount": "much", "country": "DE"} | 422
            {"amount": 1}                       | 422
            {"amount": 1,                       | 422
            not JSON                            | 422
            [1, 2                               | 400
            [{"amount": 1}] x                   | 400
            ''                                  | 400
            """)
    void tellsWhatIsWrongWithABody(String body, int status) throws Exception {
        assertProblem(post(body), status);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/pipelines/none, 404",
        "/api/v1/pipelines/none/flags, 404",
        "/api/v1/pipelines/none/activity, 404",
        "/api/v1/pipelines/none/dead-letters/reasons, 404",
        "/api/v1/pipelines/none/events, 404",
        "/api/v1/pipelines/payments/flags/7-0000007, 404",
        "/api/v1/pipelines/payments/flags/x, 404",
        "/api/v1/pipelines/payments/flags/x/neighbours, 404",
        "/api/v1/pipelines/payments/flags?limit=0, 400",
        "/api/v1/pipelines/payments/flags?limit=501, 400",
        "/api/v1/pipelines/payments/flags?limit=many, 400",
        "/api/v1/pipelines/payments/flags?before=x, 400",
        "/api/v1/pipelines/payments/dead-letters?limit=501, 400",
        "/api/v1/pipelines/none/model/history, 404",
        "/api/v1/pipelines/none/model/training-curve, 404",
        "/api/v1/pipelines/payments/model/latent-map?flag=7-0000007, 404",
        "/api/v1/pipelines/payments/model/latent-map?limit=501, 400",
        "/api/v1/pipelines/payments/score, 405",
        "/api/v1/pipelines/none/replays, 404",
        "/api/v1/pipelines/payments/replays/x, 404",
        "/api/v1/nothing, 404",
    })
    void answersWithProblemDetails(String path, int status) throws Exception {
        assertProblem(get(path), status);
    }

    @Test
    void refusesBodiesThatAreTooLargeOrNoJson() throws Exception {
        HttpResponse<String> large = post(" ".repeat(10_000_000));
        assertProblem(large, 413);

        HttpRequest xml = HttpRequest.newBuilder(scorer.uri().resolve(API + "/score"))
                .header("Content-Type", "application/xml")
                .POST(BodyPublishers.ofString("<amount/>"))
                .build();
        assertProblem(http.send(xml, HttpResponse.BodyHandlers.ofString()), 415);
        assertProblem(post("[" + "1,".repeat(1_000) + "1]"), 400);
    }

    @Test
    void flagsByAnotherRuleAtRunTime() throws Exception {
        String before = json(get(API)).get("alarm_rate").asText();

        JsonNode changed = json(put("/alarm-rate", "{\"alarm_rate\": \"100000 nats\"}"));

        assertThat(changed.get("alarm_rate").asText()).isEqualTo("100000 nats");
        assertThat(json(post(ODD)).at("/results/0/score/anomaly").asBoolean()).isFalse();
        assertProblem(put("/alarm-rate", "{\"alarm_rate\": \"often\"}"), 400);
        assertProblem(put("/alarm-rate", "{\"alarm_rate\": \"fdr 10%\"}"), 409);
        assertThat(json(put("/alarm-rate", "{}")).get("alarm_rate").asText()).isEqualTo(before);
        assertThat(json(post(ODD)).at("/results/0/score/anomaly").asBoolean()).isTrue();
    }

    @Test
    void modelOfAFileIsNeitherPromotedNorRolledBack() throws Exception {
        for (String deed : List.of("promote", "rollback")) {
            HttpRequest request = HttpRequest.newBuilder(scorer.uri().resolve(API + "/model/" + deed))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{}"))
                    .build();
            assertProblem(http.send(request, HttpResponse.BodyHandlers.ofString()), 409);
        }
        HttpRequest ofAnotherPage = HttpRequest.newBuilder(scorer.uri().resolve(API + "/model/promote"))
                .POST(BodyPublishers.noBody())
                .build();
        assertProblem(http.send(ofAnotherPage, HttpResponse.BodyHandlers.ofString()), 400);
    }

    @Test
    void tellsWhatAReplayWouldSend() throws Exception {
        HttpResponse<String> started = ask("POST", "/replays", "{\"step\": \"parse\", \"dry_run\": true}");

        assertThat(started.statusCode()).isEqualTo(202);
        String where = started.headers().firstValue("Location").orElseThrow();
        await().atMost(PATIENCE).until(() -> json(get(where)).get("state").asText(), state -> !state.equals("running"));
        JsonNode replay = json(get(where));
        assertThat(replay.get("state").asText()).as(replay.toString()).isEqualTo("done");
        assertThat(replay.get("sent").asLong()).isEqualTo(4);
        assertThat(replay.at("/sent_to/payments, step parse").asLong()).isEqualTo(4);
        assertThat(replay.get("read")).isEqualTo(replay.get("range"));
        assertThat(replay.has("rest")).isFalse();
        assertThat(json(get(API + "/replays")).get(0)).isEqualTo(replay);
        // It has ended: there is nothing to cancel.
        HttpResponse<String> cancelled = ask("DELETE", where.substring(API.length()), "");
        assertThat(cancelled.statusCode()).isEqualTo(202);
        assertThat(json(cancelled)).isEqualTo(replay);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"dry-run": true}                      | has no 'dry-run'
            {"dry_run": "yes"}                     | 'dry_run' has a value of a wrong type
            {"from": "others"}                     | 'from' is 'payments.dead-letters' or
            {"from": "payments"}                   | 'to' is missing
            {"to": "payments.scores"}              | 'to' is a topic that the pipeline reads
            {"step": "send"}                       | parse, encode or score
            {"limit": 0}                           | must be positive
            {"offsets": "all"}                     | is no range of offsets
            [1]                                    | The body is no replay
            {"step":                               | not JSON
            ''                                     | body
            """)
    void refusesWhatIsNoReplay(String body, String detail) throws Exception {
        HttpResponse<String> response = ask("POST", "/replays", body);
        assertProblem(response, 400);
        assertThat(json(response).get("detail").asText()).containsIgnoringCase(detail);
    }

    private static HttpResponse<String> ask(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(scorer.uri().resolve(API + path))
                .header("Content-Type", "application/json")
                .timeout(PATIENCE)
                .method(method, BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> put(String path, String body) throws Exception {
        return ask("PUT", path, body);
    }

    @Test
    void answersManyAtOnceWithScoresOrThatTheyAreTooMany() {
        List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            asked.add(http.sendAsync(scoring(GOOD), HttpResponse.BodyHandlers.ofString()));
        }
        Map<Integer, Integer> statuses = new TreeMap<>();
        for (var each : asked) {
            HttpResponse<String> response = each.join();
            statuses.merge(response.statusCode(), 1, Integer::sum);
            if (response.statusCode() != 200) {
                assertProblem(response, 503);
                assertThat(response.headers().firstValue("Retry-After")).contains("1");
            }
        }
        assertThat(statuses.keySet()).isSubsetOf(200, 503);
        assertThat(statuses.get(200)).isPositive();
        assertThat(scorer.pipelines().areAlive()).isTrue();
    }

    @Test
    void showsPipelinesAndModels() throws Exception {
        JsonNode pipeline = json(get("/api/v1/pipelines")).get(0);
        assertThat(pipeline.get("name").asText()).isEqualTo("payments");
        assertThat(pipeline.get("state").asText()).isEqualTo("RUNNING");
        assertThat(pipeline.get("records").asLong()).isEqualTo(RECORDS);
        assertThat(pipeline.get("flags").asLong()).isEqualTo(20);
        assertThat(pipeline.get("dead_letters").asLong()).isEqualTo(4);
        assertThat(pipeline.get("alarm_rate").asText()).isEqualTo("1/1000");
        JsonNode model = json(get(API + "/model"));
        assertThat(model.get("version").asText()).isEqualTo(TinyModel.VERSION);
        assertThat(model.get("fields")).hasSize(4);
        assertThat(model.get("trained_at").asText()).isEqualTo("1970-01-01T00:00:00Z");
        assertThat(json(get("/api/v1/models"))).hasSize(1);
        await().atMost(PATIENCE)
                .until(() -> json(get(API + "/activity")).get("samples").size() > 1);
        JsonNode distribution = json(get(API + "/activity")).get("distribution");
        assertThat(distribution.get("alarm").asDouble()).isBetween(9.9, 10.0);
        long counted = 0;
        double expected = 0;
        for (int i = 0; i < distribution.get("counts").size(); i++) {
            counted += distribution.get("counts").get(i).asLong();
            expected += distribution.get("reference").get(i).asDouble();
        }
        assertThat(counted).isEqualTo(RECORDS - 4);
        assertThat(expected).isCloseTo(1, org.assertj.core.api.Assertions.within(1e-9));
    }

    @Test
    void drawsTheModel() throws Exception {
        JsonNode curve = json(get(API + "/model/training-curve"));
        assertThat(curve.get("model_version").asText()).isEqualTo(TinyModel.VERSION);
        assertThat(curve.at("/fits/0/fitted/2/1").asDouble()).isEqualTo(-2);
        assertThat(curve.at("/fits/0/held_out/1/1").asDouble()).isEqualTo(-2.5);

        JsonNode map = json(get(API + "/model/latent-map?limit=5"));
        assertThat(map.get("normal")).hasSize(3);
        assertThat(map.get("flags")).hasSize(5);
        // Amount 500 is 45 deviations above 50; age 30 is what is expected.
        assertThat(map.at("/flags/0/x").asDouble()).isEqualTo(45);
        assertThat(map.at("/flags/0/y").asDouble()).isZero();
        String id = map.at("/flags/3/id").asText();
        assertThat(json(get(API + "/model/latent-map?flag=" + id)).get("flags"))
                .singleElement()
                .satisfies(flag -> assertThat(flag.get("id").asText()).isEqualTo(id));

        assertThat(json(get(API + "/model/shadow"))).isEmpty();
        JsonNode history = json(get(API + "/model/history"));
        assertThat(history.get("changeable").asBoolean()).isFalse();
        assertThat(history.get("source").asText()).endsWith("tiny.onnx");
        assertThat(history.get("previous")).isEmpty();
    }

    @Test
    void filtersFlagsAndPagesThroughThem() throws Exception {
        List<String> ids = new ArrayList<>();
        String before = "";
        int pages = 0;
        do {
            JsonNode page = json(get(API + "/flags?limit=8" + before));
            page.get("items").forEach(item -> ids.add(item.get("id").asText()));
            before = page.has("next") ? "&before=" + page.get("next").asLong() : "";
            pages++;
        } while (!before.isEmpty());
        assertThat(pages).isEqualTo(3);
        assertThat(ids).hasSize(20).doesNotHaveDuplicates();

        assertThat(json(get(API + "/flags?key=card%207")).get("matching").asInt())
                .isEqualTo(20);
        assertThat(json(get(API + "/flags?key=card%208")).get("matching").asInt())
                .isZero();
        assertThat(json(get(API + "/flags?field=amount")).get("matching").asInt())
                .isEqualTo(20);
        assertThat(json(get(API + "/flags?field=age")).get("matching").asInt()).isZero();
        assertThat(json(get(API + "/flags?q=CARD%207")).get("matching").asInt()).isEqualTo(20);
        assertThat(json(get(API + "/flags?q=%22FR%22")).get("matching").asInt()).isEqualTo(20);
        assertThat(json(get(API + "/flags?q=no+such+thing")).get("matching").asInt())
                .isZero();
        assertThat(json(get(API + "/flags?min_surprise=99")).get("matching").asInt())
                .isZero();
    }

    @Test
    void showsAFlagWithItsRecordAndTheOthersOfItsKey() throws Exception {
        String id = json(get(API + "/flags")).get("items").get(9).get("id").asText();

        JsonNode flag = json(get(API + "/flags/" + id));
        JsonNode near = json(get(API + "/flags/" + id + "/neighbours"));

        assertThat(flag.get("key").asText()).isEqualTo("card 7");
        assertThat(flag.get("event").get("record")).isEqualTo(JSON.readTree(ODD));
        assertThat(flag.get("event").get("reasons").get(0).get("sentence").asText())
                .startsWith("amount 500 is 10 times the expected 50");
        assertThat(near.get("items").size()).isBetween(7, 19);
        boolean found = false;
        for (JsonNode each : near.get("items")) {
            boolean itself = id.endsWith("-" + each.get("offset").asLong());
            found |= itself;
            if (itself) {
                assertThat(each.get("score")).isEqualTo(flag.get("event").get("score"));
            }
        }
        assertThat(found).isTrue();
    }

    @Test
    void showsDeadLettersByReason() throws Exception {
        JsonNode reason = json(get(API + "/dead-letters/reasons")).get("items").get(0);

        assertThat(reason.get("step").asText()).isEqualTo("parse");
        assertThat(reason.get("reason").asText()).startsWith("the record is not JSON");
        assertThat(reason.get("count").asInt()).isEqualTo(4);
        assertThat(reason.get("latest").get("value").asText()).isEqualTo("x");
        assertThat(json(get(API + "/dead-letters?step=encode")).get("items")).isEmpty();
    }

    @Test
    void tellsFlagsAsTheyHappenAndGoesOnWhereAConnectionEnded() throws Exception {
        List<String> first = listen("", 2);
        String id = first.stream()
                .filter(line -> line.startsWith("id:"))
                .findFirst()
                .orElseThrow()
                .substring(3)
                .strip();
        broker.send(List.of(new ProducerRecord<>("payments", "new".getBytes(UTF_8), ODD.getBytes(UTF_8))));
        await().atMost(PATIENCE)
                .until(() -> json(get(API + "/flags?key=new")).get("held").asInt() > 20);

        List<String> second = listen("?last_event_id=" + id, 3);
        List<String> foreign = listen("?last_event_id=1-1", 2);

        assertThat(first).anyMatch(line -> line.contains("\"state\":\"RUNNING\""));
        assertThat(first).anyMatch(line -> line.equals("event: start"));
        assertThat(second)
                .anyMatch(line -> line.contains("\"key\":\"new\""))
                .noneMatch(line -> line.equals("event: start"));
        assertThat(foreign).anyMatch(line -> line.equals("event: start"));
    }

    @Test
    void describesItselfAndServesItsPages() throws Exception {
        assertThat(get("/swagger/surprisal.yml").body())
                .contains("/api/v1/pipelines/{pipeline}/score", "\"422\"", "p_value", "min_surprise");
        assertThat(get("/api/index.html").body()).contains("swagger-ui-bundle.js");
        assertThat(get("/webjars/swagger-ui/5.34.1/swagger-ui-bundle.js").statusCode())
                .isEqualTo(200);
    }

    /** The first lines of the stream of events, up to the end of so many events. */
    private static List<String> listen(String query, int events) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(scorer.uri().resolve(API + "/events" + query))
                .header("Accept", "text/event-stream")
                .build();
        var response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
            int seen = 0;
            while (seen < events) {
                String line = reader.readLine();
                lines.add(line);
                seen += line.isEmpty() ? 1 : 0;
            }
        }
        return lines;
    }

    private static void assertProblem(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
        try {
            JsonNode problem = json(response);
            assertThat(problem.get("status").asInt()).isEqualTo(status);
            assertThat(problem.get("title").asText()).isNotBlank();
            assertThat(problem.get("detail").asText()).isNotBlank().doesNotContain("\tat ", "Exception");
        } catch (java.io.IOException e) {
            throw new AssertionError(response.body(), e);
        }
    }

    private static JsonNode json(HttpResponse<String> response) throws java.io.IOException {
        return JSON.readTree(response.body());
    }

    private static HttpRequest scoring(String body) {
        return HttpRequest.newBuilder(scorer.uri().resolve(API + "/score"))
                .header("Content-Type", "application/json")
                .timeout(PATIENCE)
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private static HttpResponse<String> post(String body) throws Exception {
        return http.send(scoring(body), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create(scorer.uri() + path);
        return http.send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    }
}
