package dev.surprisal.scorer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.scorer.fixture.ScorerProcess;
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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances share a topic, and each answers for both; one is killed, and the other says so. */
class InstancesIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int RECORDS = 1_200;

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private TestBroker broker;

    @BeforeEach
    void start() throws Exception {
        broker = TestBroker.start(folder);
        broker.create("payments", 1 << 20);
        ModelRegistry models = new ModelRegistry(Map.of("bootstrap.servers", broker.address()), Clock.systemUTC());
        models.publish(TinyModel.NAME, "1", TinyModel.version("1"), null, false);
        models.publish(TinyModel.NAME, "2", TinyModel.version("2"), null, true);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void eachAnswersForAllAndSaysWhoIsSilent() throws Exception {
        try (Scorer one = Scorer.start("127.0.0.1", 0, List.of(pipeline("one")));
                ScorerProcess two = startTwo()) {
            // Given both, each with a partition, who hear of one another
            await().atMost(PATIENCE).untilAsserted(() -> {
                for (URI each : List.of(one.uri(), two.uri())) {
                    JsonNode instances = get(each, "").get("instances");
                    assertThat(instances).hasSize(2);
                    assertThat(instances).allSatisfy(instance -> {
                        assertThat(instance.get("scoring").asBoolean()).isTrue();
                        assertThat(instance.get("silent").asBoolean()).isFalse();
                        assertThat(instance.get("partitions")).hasSize(1);
                        assertThat(instance.get("shadow_version").asText()).isEqualTo("2");
                    });
                }
            });

            // When records come to both
            send();

            // Then either tells the same, of both
            await().atMost(PATIENCE).untilAsserted(() -> {
                for (URI each : List.of(one.uri(), two.uri())) {
                    countsAll(each);
                }
            });

            // When one is killed
            two.close();

            // Then the other says so, and no longer counts it in
            await().atMost(PATIENCE).untilAsserted(() -> {
                JsonNode activity = get(one.uri(), "/activity");
                assertThat(activity.at("/instances/contributed").asInt()).isEqualTo(1);
                assertThat(activity.at("/instances/silent/0").asText()).isEqualTo("two");
                assertThat(get(one.uri(), "/drift").at("/instances/silent/0").asText())
                        .isEqualTo("two");
                JsonNode pipeline = get(one.uri(), "");
                assertThat(pipeline.at("/instances/1/silent").asBoolean()).isTrue();
                assertThat(pipeline.get("records").asInt()).isLessThan(RECORDS);
            });
        }
    }

    @Test
    void whoStopsIsForgottenAtOnceAndWhoMayNotTellScoresAllTheSame() throws Exception {
        try (Scorer one = Scorer.start("127.0.0.1", 0, List.of(pipeline("one")))) {
            assertThat(one.awaitReady(PATIENCE)).isTrue();
            try (Scorer three = Scorer.start("127.0.0.1", 0, List.of(pipeline("three")))) {
                assertThat(three.awaitReady(PATIENCE)).isTrue();
                await().atMost(PATIENCE).until(() -> names(one).equals(List.of("one", "three")));
            }
            await().atMost(PATIENCE).until(() -> names(one).equals(List.of("one")));

            broker.denyWriting("surprisal.instances", true);
            send();

            await().atMost(PATIENCE)
                    .until(() -> get(one.uri(), "").get("scores").asInt() == RECORDS);
            assertThat(get(one.uri(), "").get("scoring").asBoolean()).isTrue();
            assertThat(names(one)).isEqualTo(List.of("one"));
        }
    }

    private void countsAll(URI at) throws Exception {
        JsonNode pipeline = get(at, "");
        assertThat(pipeline.get("records").asInt()).isEqualTo(RECORDS);
        assertThat(pipeline.get("scores").asInt()).isEqualTo(RECORDS);
        assertThat(pipeline.get("lag")).hasSize(2);
        JsonNode activity = get(at, "/activity");
        assertThat(activity.at("/instances/contributed").asInt()).isEqualTo(2);
        assertThat(activity.at("/distribution/instances/contributed").asInt()).isEqualTo(2);
        assertThat(StreamSupport.stream(activity.at("/distribution/counts").spliterator(), false)
                        .mapToInt(JsonNode::asInt)
                        .sum())
                .isEqualTo(RECORDS);
        JsonNode comparison = get(at, "/model/shadow").get("comparison");
        assertThat(comparison.get("records").asInt()).isEqualTo(RECORDS);
        assertThat(comparison.at("/instances/contributed").asInt()).isEqualTo(2);
        JsonNode drift = get(at, "/drift");
        assertThat(drift.at("/instances/contributed").asInt()).isEqualTo(2);
        assertThat(drift.get("windows").asInt()).isGreaterThanOrEqualTo(4);
        // The records of one partition only have drifted, and both say so.
        JsonNode amount = drift.at("/fields/0");
        assertThat(amount.get("field").asText()).isEqualTo("amount");
        assertThat(amount.get("state").asText()).isEqualTo("drifted");
        assertThat(drift.at("/retrain_because_of/0").asText()).isEqualTo("amount");
        double above = amount.at("/cells/7/now").asDouble();
        assertThat(above).isBetween(0.3, 0.7);
    }

    /** As many to each partition; to the second with amounts that training did not know. */
    private void send() throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            int amount = i % 2 == 0 ? 40 + i / 2 % 20 : 62;
            String value = "{\"amount\": " + amount + ", \"age\": " + (25 + i / 40 % 10) + ", \"country\": \""
                    + (i / 2 % 4 == 3 ? "FR" : "DE") + "\"}";
            records.add(new ProducerRecord<>("payments", i % 2, null, value.getBytes(UTF_8)));
        }
        broker.send(records);
    }

    private Pipeline pipeline(String instance) {
        return new Pipeline(
                "payments",
                "payments",
                null,
                ModelSource.parse("topic:" + TinyModel.NAME, null, null),
                null,
                Delivery.EXACTLY_ONCE,
                1,
                1 << 20,
                instance,
                Map.of("bootstrap.servers", broker.address()),
                Emission.ALL,
                new Watches(IncidentGap.USUAL, new DriftOptions(200), SilenceRate.USUAL));
    }

    private ScorerProcess startTwo() throws Exception {
        return ScorerProcess.start(List.of(
                "--bootstrap-servers",
                broker.address(),
                "--topic",
                "payments",
                "--model",
                "topic:" + TinyModel.NAME,
                "--instance",
                "two",
                "--drift-window",
                "200",
                "--port",
                "0"));
    }

    private List<String> names(Scorer of) throws Exception {
        return StreamSupport.stream(get(of.uri(), "").get("instances").spliterator(), false)
                .map(instance -> instance.get("name").asText())
                .toList();
    }

    private JsonNode get(URI at, String path) throws Exception {
        return JSON.readTree(http.send(
                        HttpRequest.newBuilder(at.resolve("/api/v1/pipelines/payments" + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body());
    }
}
