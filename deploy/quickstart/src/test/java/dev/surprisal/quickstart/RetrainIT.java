package dev.surprisal.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.surprisal.scorer.cli.Scorer;
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
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A field changes its unit, which is told as drift, people say that these are false alarms, and a retraining mends it; a challenger that has learned anomalies does not get in. */
class RetrainIT {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private final Instant start = Instant.now().minus(3, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
    private final Instant change = start.plus(1, ChronoUnit.HOURS);
    private final Instant afterwards = start.plus(2, ChronoUnit.HOURS);
    private final Instant flood = start.plus(150, ChronoUnit.MINUTES);
    private static final int STABLE = 500;
    private static final int CHANGED = 1_000;
    private static final int ODD = 20;

    @TempDir
    private Path folder;

    private final Random random = new Random(11);
    private final HttpClient http = HttpClient.newHttpClient();
    private EmbeddedBroker broker;
    private KafkaProducer<byte[], byte[]> producer;
    private Scorer scorer;

    @Test
    void mendsWhatAChangedUnitBrokeAndRefusesWhatHasLearnedAnomalies() throws Exception {
        broker = EmbeddedBroker.start(folder.resolve("broker"));
        try (EmbeddedBroker running = broker;
                KafkaProducer<byte[], byte[]> sending = new KafkaProducer<>(
                        Map.of("bootstrap.servers", running.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer = sending;
            createTopic();
            publishTheFirst();
            scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline()));
            try (Scorer scoring = scorer) {
                assertThat(scoring.awaitReady(PATIENCE)).isTrue();
                tellTheStory();
            }
        }
    }

    private void tellTheStory() throws Exception {
        send(start, STABLE, this::dollars);
        assertThat(flagged(start, STABLE)).as("flags while all is well").isLessThan(STABLE / 12);
        Outcome early = retrain("early", start, change, "--if-drifted");
        assertThat(early.status).isZero();
        assertThat(early.decision()).isEqualTo("not_drifted");

        send(change, CHANGED, this::cents);
        Instant oddFrom = change.plusSeconds(600);
        send(oddFrom, ODD, this::odd);
        assertThat(flagged(change, CHANGED + ODD))
                .as("flags when dollars became cents")
                .isGreaterThan(CHANGED * 9 / 10);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(drifted())
                        .as("fields that drifted, by event")
                        .contains("amount", "total")
                        .doesNotContain("country"));

        label(
                scores(change).stream()
                        .filter(score -> time(score).isBefore(oddFrom))
                        .limit(30)
                        .toList(),
                "false_alarm");
        label(scores(oddFrom), "confirmed");
        send("payments.labels", "no label", "not JSON");

        Outcome few = retrain("few", change, afterwards, "--most-records", "150");
        assertThat(few.status).isEqualTo(3);
        assertThat(few.decision()).isEqualTo("refused");
        assertThat(few.failed()).containsExactly("records");

        Outcome good = retrain("good", change, afterwards, "--if-drifted");
        assertThat(good.status).as(good.toString()).isZero();
        assertThat(good.decision()).isEqualTo("published");
        assertThat(good.verdict.get("confirmed_left_out").asInt()).isEqualTo(ODD);
        assertThat(good.verdict.get("labels").asInt()).isEqualTo(30 + ODD);
        assertThat(good.verdict.get("remarks").get(0).asText()).contains("drifted from", "amount", "total");
        assertThat(good.verdict.get("remarks").get(1).asText())
                .contains("1 events on the topic of labels are no labels");

        String version = good.verdict.get("challenger").asText();
        await().atMost(PATIENCE).until(() -> version.equals(versionInUse()));
        send(afterwards, STABLE, this::cents);
        assertThat(flagged(afterwards, STABLE)).as("flags after the swap").isLessThan(STABLE / 12);

        assertThat(retrain("quiet", change, afterwards, "--if-drifted").decision())
                .as("the new version has not drifted")
                .isEqualTo("not_drifted");
        Outcome again = retrain("again", change, afterwards);
        assertThat(again.status).isZero();
        assertThat(again.decision()).isEqualTo("nothing_new");
        assertThat(again.verdict.get("challenger").asText()).isEqualTo(version);

        send(flood, CHANGED, this::odd);
        Outcome bad = retrain("bad", flood, Instant.now());
        assertThat(bad.status).as(bad.toString()).isEqualTo(3);
        assertThat(bad.decision()).isEqualTo("refused");
        assertThat(bad.failed()).contains("confirmed");
        assertThat(bad.verdict.get("reason").asText()).contains("fails by", version + " goes on");
        assertThat(versionInUse()).isEqualTo(version);
    }

    private void createTopic() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("payments", 2, (short) 1)))
                    .all()
                    .get();
        }
    }

    private Pipeline pipeline() {
        return new Pipeline(
                "payments",
                "payments",
                null,
                ModelSource.parse("topic:payments", null, null),
                null,
                Delivery.EXACTLY_ONCE,
                1,
                1 << 20,
                null,
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                Emission.ALL,
                new Watches(IncidentGap.USUAL, new DriftOptions(250), SilenceRate.USUAL));
    }

    private void publishTheFirst() throws IOException {
        Files.writeString(folder.resolve("payments.yaml"), """
                format: 1
                name: payments
                fields:
                  - {name: amount, type: number}
                  - {name: total, type: number}
                  - {name: country, type: category}
                """);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            lines.add(dollars());
        }
        Files.write(folder.resolve("payments.jsonl"), lines);
        Path model = folder.resolve("payments.onnx");
        assertThat(dev.surprisal.trainer.cli.Main.run(
                        "train",
                        "--spec",
                        folder.resolve("payments.yaml").toString(),
                        "--data",
                        folder.resolve("payments.jsonl").toString(),
                        "--out",
                        model.toString(),
                        "--alarm-rate",
                        "1/50"))
                .isZero();
        assertThat(dev.surprisal.scorer.cli.Main.run(
                        "publish", model.toString(), "--bootstrap-servers", broker.bootstrapServers()))
                .isZero();
    }

    private String dollars() {
        return record(1, 1);
    }

    private String cents() {
        return record(100, 1);
    }

    /** In cents, and the total has the wrong sign. */
    private String odd() {
        return record(100, -1);
    }

    private String record(double unit, int sign) {
        double amount = 50 + 10 * random.nextGaussian();
        double total = sign * (2 * amount + random.nextGaussian());
        return String.format(
                Locale.ROOT,
                "{\"amount\": %.2f, \"total\": %.2f, \"country\": \"%s\"}",
                unit * amount,
                unit * total,
                random.nextInt(5) == 0 ? "FR" : "DE");
    }

    private void send(Instant from, int count, Supplier<String> records) throws Exception {
        List<Future<?>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sent.add(producer.send(new ProducerRecord<>(
                    "payments",
                    null,
                    from.toEpochMilli() + i,
                    ("card " + i % 50).getBytes(UTF_8),
                    records.get().getBytes(UTF_8))));
        }
        for (Future<?> each : sent) {
            each.get();
        }
    }

    private void send(String topic, String key, String value) throws Exception {
        producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value.getBytes(UTF_8)))
                .get();
    }

    /** How many of the records from a time on were flagged, once all have been scored. */
    private long flagged(Instant from, int count) {
        List<JsonNode> scores = new ArrayList<>();
        await().atMost(PATIENCE).until(() -> {
            scores.clear();
            scores.addAll(scores(from));
            return scores.size() == count;
        });
        return scores.stream().filter(score -> score.get("anomaly").asBoolean()).count();
    }

    /** For what fields the last event of drift recommends a retraining. */
    private List<String> drifted() throws IOException {
        List<String> fields = new ArrayList<>();
        for (JsonNode event : read("payments.drift", 1)) {
            fields.clear();
            event.get("retrain_because_of").forEach(field -> fields.add(field.asText()));
        }
        return fields;
    }

    private static Instant time(JsonNode score) {
        return Instant.ofEpochMilli(score.get("timestamp").asLong());
    }

    /** Of the records from a time on. */
    private List<JsonNode> scores(Instant from) throws IOException {
        List<JsonNode> scores = read("payments.scores", 2);
        scores.removeIf(score -> time(score).isBefore(from));
        return scores;
    }

    /** What stands on a topic now. */
    private List<JsonNode> read(String topic, int count) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, count)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    events.add(JSON.readTree(record.value()));
                }
            }
        }
        return events;
    }

    private void label(List<JsonNode> scores, String verdict) throws Exception {
        assertThat(scores).isNotEmpty();
        for (JsonNode score : scores) {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(scorer.uri().resolve("/api/v1/pipelines/payments/labels"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(Map.of(
                                    "partition",
                                    score.get("partition").asInt(),
                                    "offset",
                                    score.get("offset").asLong(),
                                    "verdict",
                                    verdict,
                                    "by",
                                    "RetrainIT"))))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        }
    }

    private String versionInUse() throws Exception {
        URI uri = scorer.uri().resolve("/api/v1/pipelines/payments/model");
        HttpResponse<String> response =
                http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        return JSON.readTree(response.body()).path("version").asText();
    }

    /** A retraining, as a scheduler runs it. */
    private record Outcome(int status, JsonNode verdict) {

        String decision() {
            return verdict.get("decision").asText();
        }

        List<String> failed() {
            List<String> failed = new ArrayList<>();
            verdict.get("criteria").forEach(criterion -> {
                if (!criterion.get("passed").asBoolean()) {
                    failed.add(criterion.get("name").asText());
                }
            });
            return failed;
        }
    }

    private Outcome retrain(String name, Instant since, Instant until, String... more) throws IOException {
        Path verdict = folder.resolve(name + ".json");
        List<String> arguments = new ArrayList<>(List.of(
                "retrain",
                "--pipeline",
                "payments",
                "--model",
                "topic:payments",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--since",
                since.toString(),
                "--until",
                until.toString(),
                "--verdict",
                verdict.toString()));
        arguments.addAll(List.of(more));
        int status = dev.surprisal.retraining.Main.run(arguments.toArray(String[]::new));
        return new Outcome(status, JSON.readTree(Files.readAllBytes(verdict)));
    }
}
