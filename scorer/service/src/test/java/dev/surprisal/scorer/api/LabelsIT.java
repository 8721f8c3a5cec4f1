package dev.surprisal.scorer.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.scorer.cli.Main;
import dev.surprisal.scorer.cli.Scorer;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Pipeline;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Labels by API and from other producers, shown with flags, and written to files with their records. */
class LabelsIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String ODD = "{\"amount\": 500, \"age\": 30,\n \"country\": \"FR\"}";
    private static final String API = "/api/v1/pipelines/payments";

    @TempDir
    private static Path folder;

    private static TestBroker broker;
    private static Scorer scorer;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws Exception {
        broker = TestBroker.start(folder);
        broker.create("payments", 1 << 20);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            records.add(new ProducerRecord<>("payments", i % 2, ("card " + i).getBytes(UTF_8), ODD.getBytes(UTF_8)));
        }
        records.add(new ProducerRecord<>("payments", 0, null, "not JSON".getBytes(UTF_8)));
        broker.send(records);
        scorer = Scorer.start(
                "127.0.0.1",
                0,
                List.of(new Pipeline(
                        "payments",
                        "payments",
                        TinyModel.write(folder.resolve("tiny.onnx")),
                        null,
                        Delivery.EXACTLY_ONCE,
                        1,
                        1 << 20,
                        Map.of("bootstrap.servers", broker.address()))));
        assertThat(scorer.awaitReady(PATIENCE)).isTrue();
        await().atMost(PATIENCE).until(() -> json(get("/flags")).get("held").asInt() == 20);
    }

    @AfterAll
    static void stop() {
        scorer.close();
        broker.close();
    }

    @Test
    void aLabelIsOnTheTopicAndWithTheFlag() throws Exception {
        HttpResponse<String> first = post("{\"partition\":1,\"offset\":3,\"verdict\":\"confirmed\",\"by\":\"Ada\"}");
        HttpResponse<String> second = post(
                "{\"topic\":\"payments\",\"partition\":1,\"offset\":3,\"verdict\":\"false_alarm\",\"by\":\"Bob\",\"comment\":\"abroad\"}");

        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(json(second).get("key").asText()).isEqualTo("card 7");
        JsonNode label = json(get("/flags/1-3")).get("label");
        assertThat(label.get("verdict").asText()).isEqualTo("false_alarm");
        assertThat(label.get("by").asText()).isEqualTo("Bob");
        assertThat(json(get("/flags?q=card%207")).get("items").get(0).get("label"))
                .isEqualTo(label);
        var events = broker.read(
                "payments.labels",
                read -> read.stream()
                                .filter(event -> "payments/1/3".equals(new String(event.key(), UTF_8)))
                                .count()
                        == 2);
        JsonNode event = JSON.readTree(events.stream()
                .filter(each -> "payments/1/3".equals(new String(each.key(), UTF_8)))
                .reduce((one, other) -> other)
                .orElseThrow()
                .value());
        assertThat(event.get("verdict").asText()).isEqualTo("false_alarm");
        assertThat(event.get("comment").asText()).isEqualTo("abroad");
        assertThat(json(get("/labels?verdict=false_alarm")).get("items").findValuesAsText("id"))
                .contains("1-3");
        assertThat(json(get("/labels?verdict=confirmed")).get("items").findValuesAsText("id"))
                .doesNotContain("1-3");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"partition":0,"offset":999,"verdict":"confirmed","by":"Ada"}                   | 404 | no record payments/0/999
            {"partition":9,"offset":0,"verdict":"confirmed","by":"Ada"}                     | 404 | no record payments/9/0
            {"topic":"logins","partition":0,"offset":0,"verdict":"confirmed","by":"Ada"}    | 400 | not 'logins'
            {"topic":"a b","partition":0,"offset":0,"verdict":"confirmed","by":"Ada"}       | 400 | a name of letters
            {"partition":0,"offset":-1,"verdict":"confirmed","by":"Ada"}                    | 400 | count from 0
            {"partition":0,"offset":0,"verdict":"maybe","by":"Ada"}                         | 400 | 'maybe' is no verdict
            {"partition":0,"offset":0,"by":"Ada"}                                           | 400 | no verdict
            {"partition":0,"offset":0,"verdict":"confirmed"}                                | 400 | 'by' is missing
            {"partition":0,"verdict":"confirmed","by":"Ada"}                                | 400 | 'partition' and 'offset'
            {"partition":"x","offset":0,"verdict":"confirmed","by":"Ada"}                   | 400 | partition
            {"partition":0,"offset":0,                                                      | 400 | JSON
            """)
    void saysWhatIsWrongWithALabel(String body, int status, String why) throws Exception {
        assertProblem(post(body), status, why);
    }

    @Test
    void refusesWhatIsHuge() throws Exception {
        String body = "{\"partition\":0,\"offset\":0,\"verdict\":\"confirmed\",\"by\":\"Ada\",\"comment\":\"%s\"}";

        assertProblem(post(String.format(body, "x".repeat(2_000))), 400, "2000 characters; at most 1000");
        assertThat(post(String.format(body, "x".repeat(2 << 20))).statusCode()).isEqualTo(413);
    }

    @ParameterizedTest
    @CsvSource({"/labels?limit=0, 400", "/labels?limit=501, 400", "/labels?skip=-1, 400", "/labels?verdict=perhaps, 400"
    })
    void saysWhatIsWrongWithAQuestion(String path, int status) throws Exception {
        assertProblem(get(path), status, "");
    }

    @Test
    void countsTheBadLabelsOfOtherProducersAndTakesTheGood() throws Exception {
        long before = json(get("/labels")).get("refused").asLong();
        broker.send(
                List.of(
                        label("no key of ours", "{}"),
                        label("payments/0/5", "not JSON"),
                        label(
                                "payments/0/6",
                                "{\"topic\":\"payments\",\"partition\":0,\"offset\":6,\"verdict\":\"confirmed\",\"by\":\"a program\",\"time\":1}")));

        await().atMost(PATIENCE).until(() -> json(get("/labels")).get("refused").asLong() == before + 2);

        await().atMost(PATIENCE).until(() -> json(get("/flags/0-6")).has("label"));
        String metrics = HTTP.send(
                        HttpRequest.newBuilder(scorer.uri().resolve("/prometheus"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        assertThat(metrics)
                .contains("surprisal_labels{pipeline=\"payments\",verdict=\"confirmed\"}")
                .contains("surprisal_labels_refused_total{pipeline=\"payments\"} " + (double) (before + 2));
    }

    @Test
    void exportsRecordsAndLabelsAndSaysWhichRecordsAreGone() throws Exception {
        for (String offset : List.of("0", "7")) {
            assertThat(post("{\"partition\":1,\"offset\":" + offset + ",\"verdict\":\"confirmed\",\"by\":\"Ada\"}")
                            .statusCode())
                    .isEqualTo(201);
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
            admin.deleteRecords(Map.of(new TopicPartition("payments", 1), RecordsToDelete.beforeOffset(1)))
                    .all()
                    .get();
        }
        Path records = folder.resolve("window.jsonl");
        Path labels = folder.resolve("labels.jsonl");

        int status = Main.run(
                "export",
                "--topic",
                "payments",
                "--records",
                records.toString(),
                "--labels",
                labels.toString(),
                "--bootstrap-servers",
                broker.address());

        assertThat(status).isZero();
        assertThat(Files.readAllLines(records))
                .hasSize(19)
                .contains("{\"surprisal.record\":\"payments/0/9\",\"amount\": 500, \"age\": 30,  \"country\": \"FR\"}");
        List<String> lines = Files.readAllLines(labels);
        assertThat(lines)
                .anySatisfy(line -> assertThat(line).contains("\"offset\":7", "\"record\":{\"amount\": 500"))
                .anySatisfy(line -> assertThat(line)
                        .contains("\"partition\":1,\"offset\":0,")
                        .doesNotContain("record\":"));
        assertProblem(
                post("{\"partition\":1,\"offset\":0,\"verdict\":\"confirmed\",\"by\":\"Ada\"}"),
                404,
                "is gone from its topic");
    }

    @Test
    void exportsRecordsIntoAPipeAndNothingElse() throws Exception {
        PrintStream screen = System.out;
        ByteArrayOutputStream pipe = new ByteArrayOutputStream();
        int status;
        try {
            System.setOut(new PrintStream(pipe, false, StandardCharsets.UTF_8));
            status = Main.run(
                    "export", "--topic", "payments", "--records", "-", "--bootstrap-servers", broker.address());
        } finally {
            System.setOut(screen);
        }

        assertThat(status).isZero();
        assertThat(pipe.toString(StandardCharsets.UTF_8).lines())
                .hasSizeGreaterThanOrEqualTo(19)
                .allSatisfy(line -> assertThat(line).startsWith("{\"surprisal.record\":\"payments/"));
    }

    private static ProducerRecord<byte[], byte[]> label(String key, String value) {
        return new ProducerRecord<>("payments.labels", key.getBytes(UTF_8), value.getBytes(UTF_8));
    }

    private static HttpResponse<String> post(String body) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(scorer.uri().resolve(API + "/labels"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(scorer.uri().resolve(API + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) throws Exception {
        return JSON.readTree(response.body());
    }

    private static void assertProblem(HttpResponse<String> response, int status, String why) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(json(response).get("detail").asText()).contains(why).doesNotContain("Exception", "at dev.");
    }
}
