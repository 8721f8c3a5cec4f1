package dev.surprisal.scorer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.incident.IncidentGap;
import dev.surprisal.scorer.model.ModelSource;
import dev.surprisal.scorer.silence.SilenceRate;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.DriftOptions;
import dev.surprisal.scorer.stream.Emission;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.Watches;
import java.io.IOException;
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
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Incidents, mute rules and silent keys with a real broker, exactly once: what consumers of the topics see, also over restarts and in other instances. */
class IncidentsIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String HIGH = "{\"amount\": 500, \"age\": 30, \"country\": \"DE\"}";
    private static final String OLD = "{\"amount\": 50, \"age\": 300, \"country\": \"DE\"}";
    private static final String USUAL = "{\"amount\": 50, \"age\": 30, \"country\": \"DE\"}";
    private static final long MINUTE = 60_000;
    private static final String API = "/api/v1/pipelines/payments";

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Scorer> scorers = new ArrayList<>();
    /** Of the records: an hour ago, so that none of them is of the future. */
    private final long start = System.currentTimeMillis() - 60 * MINUTE;

    @TempDir
    private Path folder;

    private TestBroker broker;
    private Path model;

    @BeforeEach
    void open() throws Exception {
        broker = TestBroker.start(folder);
        broker.create("payments", 1 << 20);
        model = TinyModel.write(folder.resolve("tiny.onnx"));
    }

    @AfterEach
    void close() {
        scorers.forEach(Scorer::close);
        broker.close();
    }

    private Scorer scorer(IncidentGap gap) throws InterruptedException {
        Scorer scorer = Scorer.start(
                "127.0.0.1",
                0,
                List.of(new Pipeline(
                        "payments",
                        "payments",
                        null,
                        ModelSource.file(model),
                        null,
                        Delivery.EXACTLY_ONCE,
                        1,
                        1 << 20,
                        null,
                        Map.of("bootstrap.servers", broker.address()),
                        Emission.ALL,
                        new Watches(gap, DriftOptions.USUAL, gap.isOff() ? SilenceRate.OFF : SilenceRate.USUAL))));
        scorers.add(scorer);
        assertThat(scorer.awaitReady(PATIENCE)).isTrue();
        return scorer;
    }

    private void send(String key, String record, long afterStart) throws Exception {
        broker.send(List.of(
                new ProducerRecord<>("payments", 0, start + afterStart, key.getBytes(UTF_8), record.getBytes(UTF_8))));
    }

    private List<JsonNode> read(String topic, Predicate<List<JsonNode>> enough) {
        List<JsonNode> events = new ArrayList<>();
        await().atMost(PATIENCE).until(() -> {
            events.clear();
            for (ConsumerRecord<byte[], byte[]> record : broker.read(topic, read -> enough.test(parse(read)))) {
                events.add(JSON.readTree(record.value()));
            }
            return enough.test(events);
        });
        return events;
    }

    private static List<JsonNode> parse(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(record -> {
                    try {
                        return JSON.readTree(record.value());
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
    }

    private List<String> told(int events) {
        return read("payments.incidents", read -> read.size() >= events).stream()
                .map(event -> event.get("event").asText() + " "
                        + event.get("key").asText() + " " + event.get("field").asText() + " " + event.get("count"))
                .sorted()
                .toList();
    }

    @Test
    void anIncidentGoesOnOverARestartAndIsClosedWithEveryFlagCountedOnce() throws Exception {
        // Given
        Scorer first = scorer(IncidentGap.USUAL);
        send("c1", HIGH, 0);
        send("c1", OLD, 1_000);
        for (int i = 1; i < 5; i++) {
            send("c1", HIGH, 1_000L * i);
        }
        told(4);
        first.close();
        scorers.clear();

        // When
        scorer(IncidentGap.USUAL);
        for (int i = 5; i < 9; i++) {
            send("c1", HIGH, 1_000L * i);
        }
        send("c2", USUAL, 30 * MINUTE);

        // Then
        assertThat(told(7))
                .containsExactly(
                        "closed c1 age 1",
                        "closed c1 amount 9",
                        "opened c1 age 1",
                        "opened c1 amount 1",
                        "updated c1 amount 2",
                        "updated c1 amount 4",
                        "updated c1 amount 8");
    }

    @Test
    void onAQuietTopicAnIncidentIsClosedByTheClock() throws Exception {
        Scorer scorer = scorer(IncidentGap.parse("2s"));
        send("c1", HIGH, 0);
        assertThat(told(2)).containsExactly("closed c1 amount 1", "opened c1 amount 1");
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode page = json(get(scorer, API + "/incidents"));
            assertThat(page.get("held").asInt()).isEqualTo(1);
            assertThat(page.get("open").asInt()).isZero();
        });
        assertThat(json(get(scorer, API + "/incidents?state=open"))
                        .get("matching")
                        .asInt())
                .isZero();
        String id = "payments-0-0";
        assertThat(json(get(scorer, API + "/incidents?state=closed&key=c1&field=amount&q=times&min_surprise=13"))
                        .get("items")
                        .get(0)
                        .get("id")
                        .asText())
                .isEqualTo(id);
        assertThat(json(get(scorer, API + "/incidents/" + id))
                        .get("event")
                        .get("event")
                        .asText())
                .isEqualTo("closed");
        String metrics = get(scorer, "/prometheus").body();
        assertThat(metrics)
                .contains("surprisal_incidents_total{event=\"opened\",pipeline=\"payments\"} 1.0")
                .contains("surprisal_incidents_total{event=\"closed\",pipeline=\"payments\"} 1.0")
                .contains("surprisal_incidents_open{pipeline=\"payments\"} 0.0")
                .contains("surprisal_muted_flags_total{pipeline=\"payments\"} 0.0");
        assertProblem(get(scorer, API + "/incidents/none"), 404);
        assertProblem(get(scorer, API + "/incidents?state=half"), 400);
        assertProblem(get(scorer, API + "/incidents?limit=0"), 400);
        assertProblem(get(scorer, API + "/incidents?before=x"), 400);
        assertProblem(get(scorer, "/api/v1/pipelines/none/incidents"), 404);
    }

    /** Keys from the first on come every five seconds, a second apart. */
    private void tick(int firstKey, int from, int to) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int tick = from; tick < to; tick++) {
            for (int key = firstKey; key < 5; key++) {
                long time = start + 5_000L * tick + 1_000L * key;
                records.add(
                        new ProducerRecord<>("payments", 0, time, ("k" + key).getBytes(UTF_8), USUAL.getBytes(UTF_8)));
            }
        }
        broker.send(records);
    }

    private List<String> silences(int events) {
        return read("payments.silences", read -> read.size() >= events).stream()
                .map(event ->
                        event.get("event").asText() + " " + event.get("key").asText())
                .toList();
    }

    @Test
    void aKeyThatFallsSilentIsToldOnceAndOnceThatItComesAgainOverARestart() throws Exception {
        // Given
        Scorer first = scorer(IncidentGap.USUAL);
        tick(0, 0, 60);
        tick(1, 60, 80);
        assertThat(silences(1)).containsExactly("silent k0");
        assertThat(get(first, "/prometheus").body())
                .contains("surprisal_silences_total{event=\"silent\",pipeline=\"payments\"} 1.0")
                .contains("surprisal_keys_silent{pipeline=\"payments\"} 1.0");
        first.close();
        scorers.clear();

        // When
        Scorer second = scorer(IncidentGap.USUAL);
        tick(1, 80, 120);

        // Then
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode page = json(get(second, API + "/silences?state=silent"));
            assertThat(page.get("silent").asInt()).isOne();
            JsonNode event = page.get("items").get(0).get("event");
            assertThat(event.get("key").asText()).isEqualTo("k0");
            assertThat(event.get("sentence").asText()).endsWith("it usually comes every 5.0 s");
        });
        tick(0, 120, 121);
        assertThat(silences(2)).containsExactly("silent k0", "resumed k0");
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode page = json(get(second, API + "/silences?key=k0"));
            assertThat(page.get("silent").asInt()).isZero();
            JsonNode event = page.get("items").get(0).get("event");
            assertThat(event.get("event").asText()).isEqualTo("resumed");
            assertThat(event.get("silent_millis").asLong()).isEqualTo(61 * 5_000L);
        });
        assertProblem(get(second, API + "/silences?state=half"), 400);
        assertProblem(get(second, "/api/v1/pipelines/none/silences"), 404);
    }

    @Test
    void pagesHoldEachIncidentOnce() throws Exception {
        Scorer scorer = scorer(IncidentGap.USUAL);
        for (int i = 0; i < 7; i++) {
            send("c" + i, HIGH, i);
        }
        await().atMost(PATIENCE)
                .until(() -> json(get(scorer, API + "/incidents")).get("held").asInt() == 7);
        List<String> keys = new ArrayList<>();
        String before = "";
        for (int page = 0; page < 3; page++) {
            JsonNode answer = json(get(scorer, API + "/incidents?limit=3" + before));
            answer.get("items")
                    .forEach(item -> keys.add(item.get("event").get("key").asText()));
            assertThat(answer.has("next")).isEqualTo(page < 2);
            before = "&before=" + answer.path("next").asLong();
        }
        assertThat(keys).containsExactly("c6", "c5", "c4", "c3", "c2", "c1", "c0");
    }

    @Test
    void aRuleHoldsAtOnceInEveryInstanceAndAfterARestart() throws Exception {
        // Given
        Scorer first = scorer(IncidentGap.USUAL);
        Scorer second = scorer(IncidentGap.USUAL);

        // When
        HttpResponse<String> added =
                post(first, "{\"field\": \"amount\", \"direction\": \"above\", \"note\": \"sale\"}");

        // Then
        assertThat(added.statusCode()).as(added.body()).isEqualTo(201);
        JsonNode rule = json(added);
        String id = rule.get("id").asText();
        assertThat(rule.get("expires").asLong() - rule.get("created").asLong())
                .isEqualTo(Duration.ofDays(1).toMillis());
        for (Scorer each : List.of(first, second)) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(json(get(each, API + "/rules")))
                            .singleElement()
                            .isEqualTo(rule));
        }

        // And it mutes, without a flag or a score less
        broker.send(List.of(
                new ProducerRecord<>("payments", 0, start, "a".getBytes(UTF_8), HIGH.getBytes(UTF_8)),
                new ProducerRecord<>("payments", 1, start, "b".getBytes(UTF_8), HIGH.getBytes(UTF_8)),
                new ProducerRecord<>("payments", 1, start, "b".getBytes(UTF_8), OLD.getBytes(UTF_8))));
        List<JsonNode> anomalies = read("payments.anomalies", read -> read.size() >= 3);
        assertThat(anomalies.stream().map(event -> event.get("muted").asText(null)))
                .containsExactlyInAnyOrder(id, id, null);
        assertThat(told(1)).containsExactly("opened b age 1");
        assertThat(read("payments.scores", read -> read.size() >= 3)).hasSize(3);

        // And still does after both were started again
        scorers.forEach(Scorer::close);
        scorers.clear();
        Scorer third = scorer(IncidentGap.USUAL);
        send("c", HIGH, 1_000);
        assertThat(read("payments.anomalies", read -> read.size() >= 4).stream()
                        .filter(event -> event.get("muted").asText("").equals(id)))
                .hasSize(3);
        assertThat(get(third, "/prometheus").body())
                .contains("surprisal_muted_flags_total{pipeline=\"payments\"} 1.0")
                .contains("surprisal_mute_rules{pipeline=\"payments\"} 1.0");

        // And no more once it is removed
        assertThat(delete(third, id).statusCode()).isEqualTo(204);
        assertThat(json(get(third, API + "/rules"))).isEmpty();
        assertProblem(delete(third, id), 404);
        send("c", HIGH, 2_000);
        assertThat(told(2)).containsExactly("opened b age 1", "opened c amount 1");
    }

    @Test
    void aRuleThatCannotBeIsAProblem() throws Exception {
        Scorer scorer = scorer(IncidentGap.USUAL);
        for (String[] bad : new String[][] {
            {"{}", "would mute every flag"},
            {"{\"from\": 1, \"until\": 2}", "would mute every flag"},
            {"", "Body"},
            {"null", "empty"},
            {"[]", "no rule"},
            {"{\"feild\": \"amount\"}", "no 'feild'"},
            {"{\"field\": \"amount\"", "not JSON"},
            {"{\"field\": {}}", "'field' has a value of a wrong type"},
            {"{\"min_surprise\": \"much\"}", "'min_surprise' has a value of a wrong type"},
            {"{\"min_surprise\": -1}", "min_surprise"},
            {"{\"direction\": \"left\"}", "above or below"},
            {"{\"field\": \"amount\", \"expires\": 1}", "expires"},
            {"{\"field\": \"amount\", \"expires\": 99999999999999}", "90 days"}
        }) {
            HttpResponse<String> response = post(scorer, bad[0]);
            assertProblem(response, 400);
            assertThat(json(response).get("detail").asText()).as(bad[0]).contains(bad[1]);
        }
        assertThat(json(get(scorer, API + "/rules"))).isEmpty();

        HttpResponse<String> everything = post(scorer, "{\"everything\": true}");
        assertThat(everything.statusCode()).as(everything.body()).isEqualTo(201);
        send("a", HIGH, 0);
        assertThat(read("payments.anomalies", read -> !read.isEmpty()).get(0).get("muted"))
                .isEqualTo(json(everything).get("id"));
    }

    @Test
    void switchedOffThereIsNothingOfIt() throws Exception {
        Scorer scorer = scorer(IncidentGap.OFF);
        send("c1", HIGH, 0);
        assertThat(read("payments.anomalies", read -> !read.isEmpty())
                        .get(0)
                        .get("muted")
                        .isNull())
                .isTrue();
        assertThat(broker.topics())
                .doesNotContain("payments.incidents", "payments.silences", "surprisal.mute-rules")
                .noneMatch(topic -> topic.endsWith("-changelog"));
        assertProblem(get(scorer, API + "/incidents"), 409);
        assertProblem(get(scorer, API + "/silences"), 409);
        assertProblem(get(scorer, API + "/rules"), 409);
        assertProblem(post(scorer, "{\"field\": \"amount\"}"), 409);
    }

    private static void assertProblem(HttpResponse<String> response, int status) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
        assertThat(json(response).get("detail").asText()).isNotBlank().doesNotContain("Exception", "dev.surprisal");
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    private HttpResponse<String> get(Scorer scorer, String path) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(scorer.uri() + path)).GET());
    }

    private HttpResponse<String> post(Scorer scorer, String body) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(scorer.uri() + API + "/rules"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> delete(Scorer scorer, String id) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(scorer.uri() + API + "/rules/" + id))
                .DELETE());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    }
}
