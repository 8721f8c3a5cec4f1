package dev.surprisal.scorer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.schemas.event.DeadLetterHeaders;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.model.ModelSource;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Emission;
import dev.surprisal.scorer.stream.Pipeline;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scorer on a real broker, seen from its topics and its HTTP server. */
class ServeIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MEBIBYTE = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static TestBroker broker;
    private static Path model;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = TestBroker.start(folder);
        model = TinyModel.write(folder.resolve("tiny.onnx"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void everyRecordEndsAsOneScoreOrOneDeadLetter() throws Exception {
        // Given
        broker.create("payments", 16 * MEBIBYTE);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            records.add(record("payments", i, value(i)));
        }
        byte[] huge = new byte[10_000_000];
        records.add(new ProducerRecord<>("payments", "3000".getBytes(UTF_8), huge));
        records.add(new ProducerRecord<>("payments", "3001".getBytes(UTF_8), null));
        broker.send(records);

        // When
        try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline("payments", "payments")))) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            assertThat(get(scorer, "/health/readiness").statusCode()).isEqualTo(200);

            // Then
            Topics topics = new Topics("payments");
            var scores = broker.read(topics.scores(), read -> read.size() >= 2_700);
            var letters = broker.read(topics.deadLetters(), read -> read.size() >= 302);
            var anomalies = broker.read(topics.anomalies(), read -> read.size() >= 30);
            assertThat(keys(scores)).hasSize(2_700).doesNotContainAnyElementsOf(keys(letters));
            assertThat(keys(scores)).containsAll(keys(anomalies));
            assertThat(keys(letters)).hasSize(302);
            assertThat(scores).hasSize(2_700);
            assertThat(letters).hasSize(302);
            assertThat(keys(anomalies)).hasSize(30);
            var large = letters.stream()
                    .filter(letter -> key(letter).equals("3000"))
                    .findFirst()
                    .orElseThrow();
            assertThat(large.value()).isEqualTo(huge);
            assertThat(header(large, DeadLetterHeaders.STEP)).isEqualTo("parse");
            assertThat(header(large, DeadLetterHeaders.DROPPED_VALUE_BYTES)).isNull();
            assertThat(get(scorer, "/prometheus").body())
                    .contains(
                            "surprisal_records_total{pipeline=\"payments\"} 3002",
                            "surprisal_scores_total{pipeline=\"payments\"} 2700",
                            "surprisal_flags_total{pipeline=\"payments\"} 30",
                            "surprisal_dead_letters_total{pipeline=\"payments\",step=\"parse\"} 302",
                            "surprisal_dead_letters_total{pipeline=\"payments\",step=\"encode\"} 0",
                            "surprisal_p_value_bucket{pipeline=\"payments\",le=\"0.001\"} 30",
                            "surprisal_record_age_seconds_count{pipeline=\"payments\"} 3002",
                            "surprisal_streams_state{pipeline=\"payments\",state=\"running\"} 1",
                            "surprisal_lag_records{pipeline=\"payments\"} 0",
                            "surprisal_partitions{pipeline=\"payments\"} 2",
                            "surprisal_alarm_rate{pipeline=\"payments\"} 0.001",
                            "surprisal_model_info{model=\"payments\",pipeline=\"payments\",version=\"tiny-1\"} 1",
                            "surprisal_model_age_seconds{pipeline=\"payments\"}");
            JsonNode flag = JSON.readTree(anomalies.get(0).value());
            assertThat(flag.get("reasons").get(0).get("field").asText()).isEqualTo("amount");
            assertThat(flag.get("record").get("amount").asInt()).isEqualTo(500);
        }
    }

    @Test
    void stopAndRestartLoseAndRepeatNothing() throws Exception {
        // Given
        broker.create("restarts", MEBIBYTE);
        Pipeline pipeline = pipeline("restarts", "restarts");
        Topics topics = new Topics("restarts");
        int sent = 0;

        // When
        for (int round = 0; round < 3; round++) {
            try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline))) {
                assertThat(scorer.awaitReady(PATIENCE)).isTrue();
                int from = sent;
                sent += 2_000;
                broker.send(IntStream.range(from, sent)
                        .mapToObj(i -> record("restarts", i, value(i)))
                        .toList());
                long before = System.nanoTime();
                // In the middle of its work.
                scorer.close();
                assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
            }
        }

        // Then
        try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline))) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            var scores = broker.read(topics.scores(), read -> read.size() >= 5_400);
            var letters = broker.read(topics.deadLetters(), read -> read.size() >= 600);
            assertThat(keys(scores)).hasSize(5_400);
            assertThat(keys(letters)).hasSize(600);
            assertThat(scores).hasSize(5_400);
            assertThat(letters).hasSize(600);
        }
    }

    @Test
    void deadLetterThatAnOlderTopicDoesNotTakeGoesWithoutItsValueAndStopsNothing() throws Exception {
        // Given
        broker.create("older", 16 * MEBIBYTE);
        broker.create("older.dead-letters", MEBIBYTE);

        // When
        broker.send(List.of(
                new ProducerRecord<>("older", 0, "a".getBytes(UTF_8), new byte[3_000_000]),
                record("older", 1, value(1))));

        // Then
        try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline("older", "older")))) {
            var letters = broker.read("older.dead-letters", read -> !read.isEmpty());
            assertThat(letters).hasSize(1);
            assertThat(letters.get(0).value()).isNull();
            assertThat(header(letters.get(0), DeadLetterHeaders.DROPPED_VALUE_BYTES))
                    .isEqualTo("3000000");
            assertThat(broker.read("older.scores", read -> !read.isEmpty())).hasSize(1);
            assertThat(scorer.pipelines().areAlive()).isTrue();
        }
    }

    @Test
    void pipelineThatFailsIsToldLeavesTheOthersAloneAndComesBack() throws Exception {
        // Given
        broker.create("dying", MEBIBYTE);
        broker.create("living", MEBIBYTE);
        try (Scorer scorer =
                Scorer.start("127.0.0.1", 0, List.of(pipeline("dying", "dying"), pipeline("living", "living")))) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            HttpResponse<String> alive = get(scorer, "/health/liveness");
            assertThat(alive.statusCode()).isEqualTo(200);
            assertThat(alive.body()).contains("\"living\"", "RUNNING", TinyModel.VERSION);

            // When
            broker.delete("dying");
            broker.send(List.of(record("living", 1, value(1))));

            // Then
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(get(scorer, "/health").body()).contains("WAITING", "'dying'", "RUNNING"));
            assertThat(get(scorer, "/health/readiness").statusCode()).isEqualTo(503);
            assertThat(get(scorer, "/health/liveness").statusCode()).isEqualTo(200);
            assertThat(broker.read("living.scores", read -> !read.isEmpty())).hasSize(1);

            // When
            broker.create("dying", MEBIBYTE);

            // Then
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            broker.send(List.of(record("dying", 1, value(1))));
            assertThat(broker.read("dying.scores", read -> !read.isEmpty())).hasSize(1);
        }
    }

    @Test
    void namedMemberOfTheGroupComesBackAtOnce() throws Exception {
        // Given
        broker.create("named", MEBIBYTE);
        Pipeline pipeline = new Pipeline(
                "named",
                "named",
                null,
                ModelSource.file(model),
                null,
                Delivery.EXACTLY_ONCE,
                1,
                MEBIBYTE,
                "one",
                Map.of("bootstrap.servers", broker.address(), "auto.offset.reset", "latest"),
                Emission.ALL);
        broker.send(List.of(record("named", 0, value(0))));

        // When
        for (int round = 1; round <= 2; round++) {
            try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline))) {
                assertThat(scorer.awaitReady(Duration.ofSeconds(5))).isTrue();
                await().pollDelay(Duration.ofMillis(300)).until(() -> true);
                broker.send(List.of(record("named", round, value(round))));
                int scores = round;
                assertThat(broker.read("named.scores", read -> read.size() >= scores))
                        .hasSize(round);
            }
        }

        // Then what was there before the first start has been passed over, as the user's property says
        assertThat(keys(broker.read("named.scores", read -> read.size() >= 2))).containsExactlyInAnyOrder("1", "2");
    }

    private static Pipeline pipeline(String name, String topic) {
        return pipeline(name, topic, Map.of());
    }

    private static Pipeline pipeline(String name, String topic, Map<String, String> more) {
        Map<String, String> kafka = new java.util.HashMap<>(more);
        kafka.put("bootstrap.servers", broker.address());
        return new Pipeline(name, topic, model, null, Delivery.EXACTLY_ONCE, 1, MEBIBYTE, kafka);
    }

    /** One in ten is not JSON, and one in a hundred improbable. */
    private static String value(int i) {
        int amount = i % 100 == 1 ? 500 : 40 + i % 20;
        return i % 10 == 0 ? "x" + i : "{\"amount\": " + amount + ", \"age\": 30, \"country\": \"DE\"}";
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, int i, String value) {
        return new ProducerRecord<>(topic, Integer.toString(i).getBytes(UTF_8), value.getBytes(UTF_8));
    }

    private static Set<String> keys(Collection<ConsumerRecord<byte[], byte[]>> records) {
        Set<String> keys = new HashSet<>();
        records.forEach(record -> keys.add(key(record)));
        return keys;
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), UTF_8);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String key) {
        Header header = record.headers().lastHeader(key);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    private static HttpResponse<String> get(Scorer scorer, String path) throws IOException, InterruptedException {
        URI uri = scorer.uri().resolve(path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    }
}
