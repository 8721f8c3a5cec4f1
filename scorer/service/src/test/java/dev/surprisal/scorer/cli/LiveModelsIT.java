package dev.surprisal.scorer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.model.ModelRegistry;
import dev.surprisal.scorer.model.ModelSource;
import dev.surprisal.scorer.model.ModelSwitch;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Emission;
import dev.surprisal.scorer.stream.Pipeline;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that come while records are scored. */
class LiveModelsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int SWAPS = 40;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static TestBroker broker;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = TestBroker.start(folder);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void topicOfModelsSaysWhoScores() throws Exception {
        broker.create("cards", 1 << 20);
        ModelRegistry registry = new ModelRegistry(Map.of("bootstrap.servers", broker.address()), Clock.systemUTC());
        Pipeline pipeline = pipeline("cards", new ModelSource(null, null, TinyModel.NAME, null));
        try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline))) {
            ModelSwitch models = scorer.pipelines().all().get(0).models();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(scorer.pipelines().all().get(0).failure())
                                    .contains("there is no model 'payments' on surprisal.models"));

            publish(registry, "1", false);
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            assertThat(versionOfNext("cards", 1)).isEqualTo("1");

            publish(registry, "2", false);
            awaitVersion(models, "2");
            assertThat(versionOfNext("cards", 2)).isEqualTo("2");

            // A bad one is refused with an event, and the one before goes on
            registry.publish(TinyModel.NAME, "bad", "hello".getBytes(UTF_8), null, false);
            List<JsonNode> events = events("cards", 3);
            assertThat(events)
                    .extracting(event -> event.get("event").asText())
                    .containsExactly("served", "served", "refused");
            assertThat(events.get(2).get("reason").asText())
                    .startsWith("surprisal.models payments bad: not an ONNX model that can be loaded");
            assertThat(versionOfNext("cards", 3)).isEqualTo("2");

            // Who comes now takes the one before, too
            broker.create("later", 1 << 20);
            try (Scorer other = Scorer.start("127.0.0.1", 0, List.of(pipeline("later", pipeline.model())))) {
                assertThat(other.awaitReady(PATIENCE)).isTrue();
                assertThat(versionOfNext("later", 1)).isEqualTo("2");
            }

            // A shadow scores the same records, and flags nothing, until it is promoted
            registry.rollback(TinyModel.NAME, null);
            publish(registry, "3", true);
            await().atMost(PATIENCE)
                    .until(() ->
                            models.shadow().map(ModelCard::version).orElse("").equals("3"));
            assertThat(versionOfNext("cards", 4)).isEqualTo("2");
            JsonNode shadowed = json(
                    broker.read("cards.shadow-scores", read -> !read.isEmpty()).get(0));
            assertThat(shadowed.get("model_version").asText()).isEqualTo("3");
            assertThat(shadowed.get("score").asDouble()).isEqualTo(0.125);
            await().atMost(PATIENCE).untilAsserted(() -> {
                JsonNode shadow = get(scorer, "shadow");
                assertThat(shadow.at("/model/version").asText()).isEqualTo("3");
                assertThat(shadow.at("/comparison/records").asLong()).isPositive();
                assertThat(shadow.at("/comparison/agreement").asDouble()).isEqualTo(1);
            });
            JsonNode history = get(scorer, "history");
            assertThat(history.get("changeable").asBoolean()).isTrue();
            assertThat(history.at("/serving/version").asText()).isEqualTo("2");
            assertThat(history.at("/shadow/version").asText()).isEqualTo("3");
            assertThat(history.at("/previous/0/version").asText()).isEqualTo("1");

            assertThat(post(scorer, "promote")).contains("\"serving\":\"3\"", "\"previous\":[\"2\"");
            awaitVersion(models, "3");
            await().atMost(PATIENCE).until(() -> models.shadow().isEmpty());
            assertThat(post(scorer, "promote")).contains("\"status\":409", "there is no shadow of 'payments'");
            assertThat(post(scorer, "rollback")).contains("\"serving\":\"2\"");
            awaitVersion(models, "2");

            assertThat(metrics(scorer))
                    .contains("surprisal_model_changes_total{pipeline=\"cards\",result=\"refused\"} 1.0")
                    .contains("surprisal_model_changes_total{pipeline=\"cards\",result=\"shadowed\"} 1.0")
                    .contains("surprisal_shadow_scores_total{pipeline=\"cards\"} 1.0")
                    .contains("surprisal_shadow_flags_total{pipeline=\"cards\"} 0.0")
                    .contains("surprisal_inference_seconds_count{pipeline=\"cards\"}")
                    .contains("surprisal_append_age_seconds_count{pipeline=\"cards\"} 0");
        }
    }

    private static String post(Scorer scorer, String deed) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(scorer.uri().resolve("/api/v1/pipelines/cards/model/" + deed))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static String metrics(Scorer scorer) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(scorer.uri().resolve("/prometheus")).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static JsonNode get(Scorer scorer, String what) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(scorer.uri().resolve("/api/v1/pipelines/cards/model/" + what))
                .build();
        return JSON.readTree(HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body());
    }

    @Test
    void fileThatIsReplacedIsServedAndABadOneRefused() throws Exception {
        broker.create("files", 1 << 20);
        Path file = Files.write(folder.resolve("live.onnx"), TinyModel.version("1"));
        Path shadow = Files.write(folder.resolve("shadow.onnx"), TinyModel.version("s"));
        try (Scorer scorer =
                Scorer.start("127.0.0.1", 0, List.of(pipeline("files", new ModelSource(file, shadow, null, null))))) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            ModelSwitch models = scorer.pipelines().all().get(0).models();
            assertThat(models.shadow().map(ModelCard::version)).contains("s");
            assertThat(versionOfNext("files", 1)).isEqualTo("1");

            Files.write(file, TinyModel.version("2"));
            awaitVersion(models, "2");
            assertThat(versionOfNext("files", 2)).isEqualTo("2");

            Files.writeString(file, "hello");
            assertThat(events("files", 4).get(3).get("event").asText()).isEqualTo("refused");
            assertThat(versionOfNext("files", 3)).isEqualTo("2");
        }
    }

    @Test
    void manySwapsUnderLoadLeaveNoRecordWithoutAScoreAndVersionsInOrder() throws Exception {
        broker.create("swaps", 1 << 20);
        ModelSource source = ModelSource.file(Files.write(folder.resolve("swaps.onnx"), TinyModel.version("0000")));
        try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline("swaps", source)))) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            ModelSwitch models = scorer.pipelines().all().get(0).models();

            // When
            int sent = 0;
            for (int swap = 1; swap <= SWAPS; swap++) {
                List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
                for (int i = 0; i < 250; i++) {
                    records.add(record("swaps", sent++));
                }
                broker.send(records);
                Thread.sleep(25);
                models.serve(ScoringModel.open(TinyModel.version(String.format("%04d", swap)), "swap " + swap));
            }

            // Then
            int all = sent;
            List<ConsumerRecord<byte[], byte[]>> scores = broker.read("swaps.scores", read -> read.size() >= all);
            assertThat(scores).hasSize(all);
            assertThat(scores.stream()
                            .map(score -> new String(score.key(), UTF_8))
                            .distinct())
                    .hasSize(all);
            Map<Integer, Map<Long, String>> versions = new HashMap<>();
            for (ConsumerRecord<byte[], byte[]> score : scores) {
                JsonNode json = json(score);
                versions.computeIfAbsent(json.get("partition").asInt(), none -> new TreeMap<>())
                        .put(
                                json.get("offset").asLong(),
                                json.get("model_version").asText());
            }
            versions.forEach((partition, inOrder) -> assertThat(new ArrayList<>(inOrder.values()))
                    .as("versions of partition " + partition)
                    .isSorted());
            assertThat(versions.values().stream()
                            .flatMap(each -> each.values().stream())
                            .distinct())
                    .hasSizeGreaterThan(SWAPS / 4);
        }
    }

    private static void publish(ModelRegistry registry, String version, boolean asShadow) {
        registry.publish(TinyModel.NAME, version, TinyModel.version(version), null, asShadow);
    }

    private static void awaitVersion(ModelSwitch models, String version) {
        await().atMost(PATIENCE)
                .until(() -> models.current().map(ModelCard::version).orElse("").equals(version));
    }

    /** The version on the score of a record that is sent now. */
    private static String versionOfNext(String topic, int number) throws Exception {
        broker.send(List.of(record(topic, number)));
        List<ConsumerRecord<byte[], byte[]>> scores = broker.read(topic + ".scores", read -> read.size() >= number);
        assertThat(scores).hasSize(number);
        return scores.stream()
                .filter(score -> new String(score.key(), UTF_8).equals(Integer.toString(number)))
                .map(score -> json(score).get("model_version").asText())
                .findFirst()
                .orElseThrow();
    }

    private static List<JsonNode> events(String topic, int count) {
        List<ConsumerRecord<byte[], byte[]>> events =
                broker.read(topic + ".model-events", read -> read.size() >= count);
        assertThat(events).hasSize(count);
        return events.stream().map(LiveModelsIT::json).toList();
    }

    private static Pipeline pipeline(String topic, ModelSource model) {
        return new Pipeline(
                topic,
                topic,
                null,
                model,
                null,
                Delivery.EXACTLY_ONCE,
                1,
                1 << 20,
                null,
                Map.of("bootstrap.servers", broker.address()),
                Emission.ALL);
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, int i) {
        String value = "{\"amount\": 50, \"country\": \"DE\"}";
        return new ProducerRecord<>(topic, Integer.toString(i).getBytes(UTF_8), value.getBytes(UTF_8));
    }

    private static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
        try {
            return JSON.readTree(record.value());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
