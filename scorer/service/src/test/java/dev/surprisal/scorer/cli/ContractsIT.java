package dev.surprisal.scorer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.incident.IncidentGap;
import dev.surprisal.scorer.model.ModelRegistry;
import dev.surprisal.scorer.model.ModelSource;
import dev.surprisal.scorer.silence.SilenceRate;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.DriftOptions;
import dev.surprisal.scorer.stream.Emission;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.Watches;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a running scorer writes to any topic is what the AsyncAPI document says of that topic: value, headers and key. */
class ContractsIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int RECORDS = 6_000;
    private static final Topics TOPICS = new Topics("payments");

    private final HttpClient http = HttpClient.newHttpClient();
    private final SchemaRegistry schemas = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);

    private final Map<String, Schema> compiled = new TreeMap<>();

    @TempDir
    private Path folder;

    private TestBroker broker;
    private JsonNode document;

    @BeforeEach
    void start() throws Exception {
        broker = TestBroker.start(folder);
        broker.create("payments", 1 << 20);
        try (InputStream yaml = ContractsIT.class.getResourceAsStream("/asyncapi.yaml")) {
            document = new ObjectMapper(new YAMLFactory()).readTree(yaml);
        }
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void everyRecordOnEveryTopicIsAsDescribed() throws Exception {
        // Given a scorer with a shadow, and all that it may write about
        Map<String, String> kafka = Map.of("bootstrap.servers", broker.address());
        ModelRegistry models = new ModelRegistry(kafka, Clock.systemUTC());
        byte[] model = Files.readAllBytes(TinyModel.write(folder.resolve("tiny.onnx")));
        models.publish(TinyModel.NAME, TinyModel.VERSION, model, null, false);
        models.publish(TinyModel.NAME, TinyModel.VERSION, model, null, true);
        List<ProducerRecord<byte[], byte[]>> records = silence();
        for (int i = 0; i < RECORDS; i++) {
            String age = i % 7 == 0 ? "null" : Integer.toString(25 + i % 10);
            String record = i % 499 == 9
                    ? "{\"amount\": 500, \"age\": " + age + ", \"country\": \"XX\"}"
                    : "{\"amount\": " + (i < RECORDS / 2 ? 40 + i % 20 : 60 + i % 9) + ", \"age\": " + age
                            + ", \"country\": \"DE\"}";
            byte[] key = i % 2 == 0 ? ("c" + i % 100).getBytes(UTF_8) : null;
            records.add(new ProducerRecord<>("payments", i % 2, key, record.getBytes(UTF_8)));
        }
        records.add(new ProducerRecord<>("payments", 0, null, "not JSON".getBytes(UTF_8)));
        records.add(new ProducerRecord<>("payments", 0, null, "{\"amount\": 50}".getBytes(UTF_8)));

        // When
        try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline(kafka)))) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            broker.send(records);
            await().atMost(PATIENCE)
                    .until(() -> post(
                                    scorer,
                                    "/labels",
                                    "{\"partition\":0,\"offset\":4,\"verdict\":\"confirmed\",\"by\":\"Ada\"}")
                            == 201);
            assertThat(post(scorer, "/rules", "{\"field\":\"amount\",\"direction\":\"above\",\"note\":\"a sale\"}"))
                    .isBetween(200, 201);

            // Then
            Map<String, Integer> least = new TreeMap<>(Map.of("surprisal.instances", 2, TOPICS.silences(), 2));
            least.putAll(Map.of(
                    TOPICS.scores(),
                    RECORDS,
                    TOPICS.shadowScores(),
                    RECORDS,
                    TOPICS.anomalies(),
                    12,
                    TOPICS.incidents(),
                    2,
                    TOPICS.deadLetters(),
                    2,
                    TOPICS.modelEvents(),
                    1,
                    TOPICS.drift(),
                    1,
                    TOPICS.labels(),
                    1,
                    "surprisal.models",
                    2,
                    "surprisal.mute-rules",
                    1));
            for (JsonNode channel : document.get("channels")) {
                String topic = channel.get("address").asText().replace("{records}", "payments");
                if (!topic.equals("payments")) {
                    int enough = least.remove(topic);
                    List<ConsumerRecord<byte[], byte[]>> found = broker.read(topic, read -> read.size() >= enough);
                    assertThat(found).as(topic).hasSizeGreaterThanOrEqualTo(enough);
                    for (ConsumerRecord<byte[], byte[]> record : found) {
                        check(record, channel);
                    }
                }
            }
            assertThat(least).isEmpty();
        }
    }

    /** One of three keys stays away for an hour. */
    private static List<ProducerRecord<byte[], byte[]>> silence() {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        long start = System.currentTimeMillis() - Duration.ofHours(3).toMillis();
        for (int minute = 0; minute < 121; minute++) {
            for (int key = minute < 60 || minute == 120 ? 0 : 1; key < 3; key++) {
                records.add(new ProducerRecord<>(
                        "payments",
                        1,
                        start + minute * 60_000L + key * 20_000L,
                        ("sensor-" + key).getBytes(UTF_8),
                        "{\"amount\": 50, \"age\": 30, \"country\": \"DE\"}".getBytes(UTF_8)));
            }
        }
        return records;
    }

    private void check(ConsumerRecord<byte[], byte[]> record, JsonNode channel) throws Exception {
        JsonNode messages = channel.get("messages");
        String piece = "modelPiece";
        boolean isPiece = messages.has(piece) && new String(record.key(), UTF_8).split("/").length == 3;
        JsonNode reference = isPiece ? messages.get(piece) : messages.iterator().next();
        JsonNode message = document.at(reference.get("$ref").asText().substring(1));

        assertThat(problems(record, message))
                .as(record.topic() + " offset " + record.offset())
                .isEmpty();
    }

    private List<String> problems(ConsumerRecord<byte[], byte[]> record, JsonNode message) throws Exception {
        List<String> problems = new ArrayList<>();
        ObjectNode headers = JSON.createObjectNode();
        record.headers().forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
        boolean isEvent = message.path("traits").toString().contains("messageTraits/cloudEvent");
        String ofHeaders = isEvent
                ? "#/components/schemas/CloudEventHeaders"
                : message.at("/headers/$ref").asText(null);
        if (ofHeaders != null) {
            problems.addAll(problems(headers, ofHeaders));
        }
        if (message.has("payload")) {
            JsonNode value = JSON.readTree(record.value());
            String schema = message.at("/payload/$ref").asText();
            problems.addAll(problems(value, schema));
            JsonNode fields = document.at(schema.substring(1)).get("properties");
            value.fieldNames().forEachRemaining(name -> {
                if (!fields.has(name)) {
                    problems.add("'" + name + "' is not described");
                }
            });
        }
        if (isEvent) {
            CloudEvent event = KafkaMessageFactory.createReader(record).toEvent();
            if (!event.getSource().toString().equals("/surprisal/" + record.topic())) {
                problems.add("source " + event.getSource());
            }
            if (!event.getDataContentType().equals("application/json")) {
                problems.add("content type " + event.getDataContentType());
            }
        }
        return problems;
    }

    private List<String> problems(JsonNode value, String reference) {
        ObjectNode schema = JSON.createObjectNode();
        schema.set("components", document.get("components"));
        schema.set("allOf", JSON.createArrayNode().add(JSON.createObjectNode().put("$ref", reference)));
        return compiled.computeIfAbsent(reference, key -> schemas.getSchema(schema)).validate(value).stream()
                .map(Object::toString)
                .toList();
    }

    private static Pipeline pipeline(Map<String, String> kafka) {
        return new Pipeline(
                "payments",
                "payments",
                null,
                ModelSource.parse("topic:" + TinyModel.NAME, null, null),
                null,
                Delivery.EXACTLY_ONCE,
                1,
                1 << 20,
                "one",
                kafka,
                Emission.ALL,
                new Watches(IncidentGap.USUAL, new DriftOptions(1_000), SilenceRate.USUAL));
    }

    private int post(Scorer scorer, String path, String body) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(URI.create(scorer.uri() + "/api/v1/pipelines/payments" + path))
                                .header("content-type", "application/json")
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }
}
