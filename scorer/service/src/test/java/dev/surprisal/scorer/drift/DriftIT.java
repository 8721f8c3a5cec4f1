package dev.surprisal.scorer.drift;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.scorer.cli.Scorer;
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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriftIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WINDOW = 2_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final SplittableRandom random = new SplittableRandom(5);
    private TestBroker broker;

    @BeforeEach
    void start() throws Exception {
        broker = TestBroker.start(folder);
        broker.create("payments", 1 << 20);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void aUnitChangeInOneFieldIsToldWithTheFieldUntilANewModelScores() throws Exception {
        Path model = Files.write(folder.resolve("tiny.onnx"), calibrated("tiny-1"));
        try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline(model, WINDOW)))) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();

            // Given records like those of training
            send(3 * WINDOW, 1);
            await().atMost(PATIENCE).until(() -> drift(scorer).get("windows").asInt() >= 2);
            JsonNode stable = drift(scorer);
            assertThat(stable.get("state").asText()).as(stable.toString()).isEqualTo("stable");
            assertThat(stable.get("fields").get(0).get("field").asText()).isEqualTo("amount");
            assertThat(stable.get("fields")
                            .get(0)
                            .get("population_stability_index")
                            .asDouble())
                    .isLessThan(0.1);
            assertThat(stable.get("retrain_because_of")).isEmpty();

            // When amounts come in another unit
            send(2 * WINDOW, 1.3);

            // Then
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(drift(scorer).get("retrain_because_of"))
                            .extracting(JsonNode::asText)
                            .contains("amount"));
            JsonNode event = events().stream()
                    .filter(each -> each.path("field").asText().equals("amount"))
                    .findFirst()
                    .orElseThrow();
            assertThat(event.get("state").asText()).isEqualTo("drifted");
            assertThat(event.get("before").asText()).isEqualTo("stable");
            assertThat(event.get("pipeline").asText()).isEqualTo("payments");
            assertThat(event.get("model_version").asText()).isEqualTo("tiny-1");
            assertThat(event.get("population_stability_index").asDouble()).isGreaterThan(0.25);
            assertThat(event.get("sentence").asText()).startsWith("amount is ").contains("where 51 is usual");
            assertThat(event.get("retrain_because_of"))
                    .extracting(JsonNode::asText)
                    .contains("amount");
            assertThat(events()).extracting(each -> each.path("field").asText()).doesNotContain("age", "country");
            assertThat(get(scorer, "/prometheus"))
                    .contains(
                            "surprisal_drift_state{field=\"amount\",pipeline=\"payments\"} 2.0",
                            "surprisal_drift_state{field=\"age\",pipeline=\"payments\"} 0.0",
                            "surprisal_drift_state{field=\"(scores)\",pipeline=\"payments\"}",
                            "surprisal_drift_stability_index{field=\"amount\",pipeline=\"payments\"}",
                            "surprisal_drift_score_evidence{pipeline=\"payments\"}");

            // When a new model scores
            Files.write(model, calibrated("tiny-2"));
            await().atMost(PATIENCE).until(() -> {
                send(10, 1);
                return drift(scorer).path("model_version").asText().equals("tiny-2");
            });

            // Then what drifted from the one before is stable again
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(events()).anySatisfy(each -> {
                        assertThat(each.path("field").asText()).isEqualTo("amount");
                        assertThat(each.get("state").asText()).isEqualTo("stable");
                        assertThat(each.get("sentence").asText()).isEqualTo("the model tiny-2 scores now");
                    }));
        }
    }

    @Test
    void switchedOffItSaysSo() throws Exception {
        Path model = TinyModel.write(folder.resolve("tiny.onnx"));
        try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline(model, 0)))) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            JsonNode drift = drift(scorer);
            assertThat(drift.get("state").asText()).isEqualTo("off");
            assertThat(drift.get("reason").asText()).isEqualTo("drift-window is off");
            assertThat(get(scorer, "/api/v1/pipelines/nobody/drift")).contains("\"status\":404");
        }
    }

    private Pipeline pipeline(Path model, int window) {
        return new Pipeline(
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
                new Watches(IncidentGap.USUAL, new DriftOptions(window), SilenceRate.USUAL));
    }

    /** Amount, age and country of a record. */
    private record Payment(double amount, Integer age, String country) {
        String json() {
            return String.format(
                    Locale.ROOT, "{\"amount\": %.2f, \"age\": %s, \"country\": \"%s\"}", amount, age, country);
        }

        /** As the tiny model scores it, nats. */
        double score() {
            double amounts = (amount - 50) / 10;
            double ages = age == null ? 0 : (age - 30) / 5.0;
            return 0.5 * amounts * amounts + 0.5 * ages * ages + (country.equals("DE") ? 0.125 : 2);
        }
    }

    private Payment payment(double factor) {
        return new Payment(
                factor * (40 + random.nextInt(20)),
                random.nextInt(20) == 0 ? null : (Integer) (25 + random.nextInt(10)),
                random.nextInt(4) == 0 ? "FR" : "DE");
    }

    /** The tiny model, calibrated on such payments. */
    private byte[] calibrated(String version) {
        return TinyModel.calibrated(
                Stream.generate(() -> payment(1))
                        .limit(5_000)
                        .mapToDouble(Payment::score)
                        .toArray(),
                version);
    }

    private void send(int records, double factor) throws Exception {
        broker.send(Stream.generate(() -> payment(factor))
                .limit(records)
                .map(each -> new ProducerRecord<byte[], byte[]>(
                        "payments", each.json().getBytes(UTF_8)))
                .toList());
    }

    private List<JsonNode> events() throws Exception {
        List<JsonNode> events = new ArrayList<>();
        for (var record : broker.read("payments.drift", read -> !read.isEmpty())) {
            assertThat(new String(record.key(), UTF_8)).isEqualTo("payments");
            events.add(JSON.readTree(record.value()));
        }
        return events;
    }

    private JsonNode drift(Scorer scorer) throws Exception {
        return JSON.readTree(get(scorer, "/api/v1/pipelines/payments/drift"));
    }

    private String get(Scorer scorer, String path) throws Exception {
        URI uri = scorer.uri().resolve(path);
        return http.send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
