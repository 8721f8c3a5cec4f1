package dev.surprisal.scorer.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.scorer.cli.Scorer;
import dev.surprisal.scorer.fixture.ApicurioRegistry;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.model.ModelSource;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Emission;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.Watches;
import dev.surprisal.scorer.validation.Validation;
import io.apicurio.registry.serde.avro.AvroKafkaSerializer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Avro in and Avro out with a real registry: what producers and consumers see that are not ours, and what becomes of records while the registry is away. */
class AvroIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String AGE = "{\"name\":\"age\",\"type\":[\"null\",\"int\"],\"default\":null}";
    private static final String COUNTRY = "{\"name\":\"country\",\"type\":\"string\"}";
    private static final Schema FIRST = schema("{\"name\":\"amount\",\"type\":\"double\"}", AGE, COUNTRY);

    @TempDir
    private static Path folder;

    private static TestBroker broker;
    private static ApicurioRegistry registry;

    @BeforeAll
    static void start() throws Exception {
        ApicurioRegistry.missing().ifPresent(what -> Assumptions.abort(what));
        broker = TestBroker.start(Files.createDirectory(folder.resolve("kafka")));
        registry = ApicurioRegistry.start(Files.createDirectory(folder.resolve("registry")));
    }

    @AfterAll
    static void stop() throws Exception {
        if (registry != null) {
            registry.close();
            broker.close();
        }
    }

    @Test
    void aPlainConsumerReadsFlagsOfRecordsThatSomebodyElsesSerialiserWrote() throws Exception {
        // Given records in Avro, and the same in JSON
        broker.create("payments", 1 << 20);
        broker.create("plain", 1 << 20);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (AvroKafkaSerializer<GenericRecord> serializer = new AvroKafkaSerializer<>()) {
            serializer.configure(
                    Map.of("apicurio.registry.url", registry.ownUrl(), "apicurio.registry.auto-register", "true"),
                    false);
            for (int i = 0; i < 200; i++) {
                double amount = i % 50 == 7 ? 500 + i : 40 + i * 0.1;
                GenericRecord record = new GenericData.Record(FIRST);
                record.put("amount", amount);
                record.put("age", i % 3 == 0 ? null : 20 + i % 20);
                record.put("country", i % 2 == 0 ? "DE" : "FR");
                byte[] key = ("c" + i).getBytes(UTF_8);
                records.add(new ProducerRecord<>("payments", i % 2, key, serializer.serialize("payments", record)));
                records.add(new ProducerRecord<>(
                        "plain", i % 2, key, record.toString().getBytes(UTF_8)));
            }
        }
        broker.send(records);

        try (Scorer scorer = Scorer.start(
                "127.0.0.1", 0, List.of(pipeline("payments", EventFormat.AVRO), pipeline("plain", EventFormat.JSON)))) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();

            // Then a consumer that knows the wire format and the registry's API, and nothing else, reads the flags
            List<ConsumerRecord<byte[], byte[]>> flags = broker.read("payments.anomalies", read -> read.size() >= 4);
            assertThat(flags).hasSize(4);
            for (ConsumerRecord<byte[], byte[]> flag : flags) {
                GenericRecord event = registry.read(flag.value());
                assertThat(event.getSchema().getFullName()).isEqualTo("dev.surprisal.schemas.event.AnomalyEvent");
                assertThat(event.get("topic").toString()).isEqualTo("payments");
                assertThat(event.get("sentence").toString())
                        .startsWith("amount ")
                        .contains("times the expected 50");
                assertThat(JSON.readTree(event.get("record").toString())
                                .get("amount")
                                .asDouble())
                        .isGreaterThan(500);
                assertThat(header(flag, "content-type")).isEqualTo("application/avro");
                assertThat(header(flag, "ce_type")).isEqualTo("dev.surprisal.anomaly");
                assertThat(header(flag, "ce_id"))
                        .isEqualTo("payments-" + event.get("partition") + "-" + event.get("offset"));
            }

            // And scores have the same bits as those of the same records in JSON
            Map<String, Double> scores = new TreeMap<>();
            for (ConsumerRecord<byte[], byte[]> score : broker.read("payments.scores", read -> read.size() >= 200)) {
                GenericRecord event = registry.read(score.value());
                scores.put(event.get("partition") + "-" + event.get("offset"), (Double) event.get("score"));
            }
            Map<String, Double> plain = new TreeMap<>();
            for (ConsumerRecord<byte[], byte[]> score : broker.read("plain.scores", read -> read.size() >= 200)) {
                JsonNode event = JSON.readTree(score.value());
                plain.put(
                        event.get("partition").asInt() + "-"
                                + event.get("offset").asLong(),
                        event.get("score").asDouble());
            }
            assertThat(scores).hasSize(200).isEqualTo(plain);

            // And whatever else reads those topics shows them as it shows JSON
            await().atMost(PATIENCE)
                    .until(() -> get(scorer, "/flags").get("held").asInt() == 4);
            JsonNode flag = get(scorer, "/flags/1-3");
            assertThat(flag.at("/event/record/amount").asDouble())
                    .as(flag.toString())
                    .isEqualTo(507);
            JsonNode near = get(scorer, "/flags/1-3/neighbours").get("items").get(0);
            assertThat(near.get("record").asText()).contains("\"amount\":507.0");
            assertThat(near.get("anomaly").asBoolean()).isTrue();
            assertThat(get(scorer, "/incidents").get("items")).isNotEmpty();
            assertThat(names(JSON.readTree(registry.ask("/subjects", null))))
                    .contains("payments.scores-value", "payments.anomalies-value", "payments.incidents-value");
            await().atMost(PATIENCE)
                    .until(() -> names(JSON.readTree(registry.ask("/subjects", null)))
                            .contains("payments.model-events-value"));
            assertThat(registry.read(broker.read("payments.model-events", read -> !read.isEmpty())
                                    .get(0)
                                    .value())
                            .get("event")
                            .toString())
                    .isEqualTo("served");
        }
    }

    @Test
    void aTopicMayGoOverToOtherSchemasAndWhatDoesNotFitIsADeadLetterWithItsReason() throws Exception {
        broker.create("evolving", 1 << 20, 1);
        List<byte[]> values = List.of(
                "{\"amount\":51,\"age\":30,\"country\":\"DE\"}".getBytes(UTF_8),
                registry.value(FIRST, 51.0, 30, "DE"),
                // Added, widened and of another order
                registry.value(
                        schema(
                                COUNTRY,
                                "{\"name\":\"note\",\"type\":\"string\"}",
                                AGE,
                                "{\"name\":\"amount\",\"type\":\"int\"}"),
                        "DE",
                        "new",
                        30,
                        51),
                registry.value(schema("{\"name\":\"amount\",\"type\":\"float\"}", AGE, COUNTRY), 51f, 30, "DE"),
                // Removed
                registry.value(schema("{\"name\":\"amount\",\"type\":\"double\"}", COUNTRY), 51.0, "DE"),
                // Renamed
                registry.value(
                        schema("{\"name\":\"total\",\"aliases\":[\"amount\"],\"type\":\"double\"}", AGE, COUNTRY),
                        51.0,
                        30,
                        "DE"),
                // Incompatible
                registry.value(schema("{\"name\":\"amount\",\"type\":\"string\"}", AGE, COUNTRY), "much", 30, "DE"),
                registry.value(schema("{\"name\":\"total\",\"type\":\"double\"}", AGE, COUNTRY), 51.0, 30, "DE"),
                ByteBuffer.allocate(9).putInt(1, 4_711).array(),
                ByteBuffer.allocate(5).putInt(1, registry.id(FIRST)).array(),
                ByteBuffer.allocate(9).putInt(1, registry.id("\"string\"")).array(),
                registry.value(FIRST, 51.0, 30, "DE"));
        broker.send(values.stream()
                .map(value -> new ProducerRecord<byte[], byte[]>("evolving", null, value))
                .toList());

        try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline("evolving", EventFormat.JSON)))) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();

            List<String> scored = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> score : broker.read("evolving.scores", read -> read.size() >= 7)) {
                JsonNode event = JSON.readTree(score.value());
                scored.add(event.get("offset").asLong() + " "
                        + Math.round(1_000 * event.get("score").asDouble()));
            }
            assertThat(scored).containsExactly("0 130", "1 130", "2 130", "3 130", "4 130", "5 130", "11 130");
            List<String> refused = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> letter :
                    broker.read("evolving.dead-letters", read -> read.size() >= 5)) {
                int offset = Integer.parseInt(header(letter, "surprisal.dead-letter.offset"));
                assertThat(letter.value()).isEqualTo(values.get(offset));
                refused.add(offset + " " + header(letter, "surprisal.dead-letter.step") + ": "
                        + header(letter, "surprisal.dead-letter.reason").replaceAll("schema \\d+ ", "schema N "));
            }
            assertThat(refused)
                    .containsExactly(
                            "6 encode: field 'amount' holds text, 'much', where a number belongs",
                            "7 encode: field 'amount' is absent, and the spec does not call it optional",
                            "8 parse: schema N is not in the registry " + registry.url() + ", or one that it refers to",
                            "9 parse: the record does not fit its Avro schema: EOFException",
                            "10 parse: the record's schema is of type string, not record");
        }

        // And who checks the configuration sees the same
        List<String> findings = new ArrayList<>();
        new Validation(finding -> findings.add(finding.grade() + " " + finding.text()))
                .check(pipeline("evolving", EventFormat.AVRO));
        assertThat(findings)
                .contains("OK the schema registry " + registry.url() + " answers; events are written in AVRO")
                .anyMatch(finding -> finding.startsWith("WARNING 5 of the last 10 records get a score"));
    }

    @Test
    void whileTheRegistryIsAwayWhatIsKnownGoesOnAndTheRestWaitsWithoutLoss() throws Exception {
        broker.create("waiting", 1 << 20, 1);
        Schema second = schema(
                "{\"name\":\"amount\",\"type\":\"double\"}",
                AGE,
                COUNTRY,
                "{\"name\":\"b\",\"type\":\"int\",\"default\":0}");
        byte[] known = registry.value(FIRST, 51.0, 30, "DE");
        byte[] news = registry.value(second, 52.0, 30, "DE", 1);
        try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline("waiting", EventFormat.AVRO)))) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            send("waiting", known);
            assertThat(broker.read("waiting.scores", read -> read.size() >= 1)).hasSize(1);

            // When it is away, what is known goes on
            registry.stop();
            send("waiting", known);
            assertThat(broker.read("waiting.scores", read -> read.size() >= 2)).hasSize(2);
            assertThat(status(scorer, "/health/readiness")).isEqualTo(200);

            // And what is not waits, with all after it
            send("waiting", news);
            send("waiting", known);
            await().atMost(PATIENCE).until(() -> status(scorer, "/health/readiness") == 503);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(text(scorer, "/health"))
                            .contains("the schema registry " + registry.url() + " does not answer"));
            assertThat(get(scorer, "").get("state").asText()).isEqualTo("WAITING");
        }

        // When somebody else starts without it
        try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline("waiting", EventFormat.AVRO)))) {
            await().atMost(PATIENCE).until(() -> text(scorer, "/health").contains("does not answer"));
            assertThat(broker.read("waiting.dead-letters", read -> true)).isEmpty();

            // Then all goes on once it is back, and each record has one score
            registry.resume();
            await().atMost(PATIENCE).until(() -> status(scorer, "/health/readiness") == 200);
            List<ConsumerRecord<byte[], byte[]>> scores = broker.read("waiting.scores", read -> read.size() >= 4);
            Set<String> ids = new TreeSet<>();
            for (ConsumerRecord<byte[], byte[]> score : scores) {
                ids.add(header(score, "ce_id") + " "
                        + Math.round(
                                1_000 * (Double) registry.read(score.value()).get("score")));
            }
            assertThat(scores).hasSize(4);
            assertThat(ids).containsExactly("waiting-0-0 130", "waiting-0-1 130", "waiting-0-2 145", "waiting-0-3 130");
        }
    }

    private static Pipeline pipeline(String topic, EventFormat events) {
        return new Pipeline(
                topic,
                topic,
                null,
                ModelSource.file(TinyModel.write(folder.resolve("tiny.onnx"))),
                null,
                Delivery.EXACTLY_ONCE,
                1,
                1 << 20,
                null,
                Map.of("bootstrap.servers", broker.address(), "schema.registry.url", registry.url() + "/"),
                Emission.ALL,
                Watches.USUAL,
                events);
    }

    private static void send(String topic, byte[] value) throws Exception {
        broker.send(List.of(new ProducerRecord<>(topic, 0, null, value)));
    }

    private static Schema schema(String... fields) {
        return new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"Payment\",\"fields\":[" + String.join(",", fields) + "]}");
    }

    private static List<String> names(JsonNode array) {
        List<String> names = new ArrayList<>();
        array.forEach(each -> names.add(each.asText()));
        return names;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String key) {
        Header header = record.headers().lastHeader(key);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    private static JsonNode get(Scorer scorer, String path) throws Exception {
        String name = scorer.pipelines().all().iterator().next().pipeline().name();
        return JSON.readTree(text(scorer, "/api/v1/pipelines/" + name + path));
    }

    private static String text(Scorer scorer, String path) throws Exception {
        return answer(scorer, path).body();
    }

    private static int status(Scorer scorer, String path) throws Exception {
        return answer(scorer, path).statusCode();
    }

    private static HttpResponse<String> answer(Scorer scorer, String path) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(scorer.uri() + path)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
