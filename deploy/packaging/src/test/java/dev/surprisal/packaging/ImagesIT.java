package dev.surprisal.packaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.surprisal.quickstart.EmbeddedBroker;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both images, started from their unpacked layers: a model is trained in the one, and the other scores records of a real broker with it, each as the image's user on a read-only root file system.
 *
 * <p>Skipped where the images have not been built, or this is not root on Linux.
 */
class ImagesIT {

    private static final Path SCORER = Project.ROOT.resolve("scorer/service/target/jib-image.tar");
    private static final Path TRAINER = Project.ROOT.resolve("deploy/retraining/target/jib-image.tar");
    private static final long MOST_BYTES = 300_000_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path folder;

    private Path volume;

    @BeforeEach
    void needsImages() throws IOException {
        assumeThat(SCORER)
                .as("skipped: `./mvnw package -Pimages` builds the images")
                .exists();
        assumeThat(TRAINER)
                .as("skipped: `./mvnw package -Pimages` builds the images")
                .exists();
        assumeThat(System.getProperty("user.name"))
                .as("skipped: only root can start images from their layers")
                .isEqualTo("root");
        volume = Files.createDirectory(folder.resolve("volume"));
        Files.setPosixFilePermissions(volume, PosixFilePermissions.fromString("rwxrwxrwx"));
        // The image's user has to get there.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void aModelTrainedInOneImageScoresInTheOther() throws Exception {
        train();
        Files.delete(volume.resolve("payments.jsonl"));
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"))) {
            createTopic(broker);
            int port = freePort();
            Process scorer = scorer(broker, port);
            try {
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(100))
                        .until(() -> !scorer.isAlive() || isReady(port));
                assertThat(scorer.isAlive()).as(said("scorer")).isTrue();
                produce(broker);
                List<JsonNode> scores = new ArrayList<>();
                await().atMost(PATIENCE).until(() -> {
                    scores.addAll(scores(broker, scores.size()));
                    return scores.size() == 2;
                });
                assertThat(scores.get(0).get("anomaly").asBoolean()).isFalse();
                assertThat(scores.get(1).get("anomaly").asBoolean()).isTrue();
                assertThat(scores.get(0).get("model").asText()).isEqualTo("payments");
                assertThat(new ProcessBuilder(
                                        Project.DEPLOY.resolve("docker/healthy").toString(),
                                        Integer.toString(port),
                                        "/health/readiness")
                                .start()
                                .waitFor())
                        .isZero();
            } finally {
                scorer.destroy();
                assertThat(scorer.waitFor(30, TimeUnit.SECONDS)).isTrue();
            }
            // What Java says of itself after SIGTERM, which came in order.
            assertThat(scorer.exitValue()).as(said("scorer")).isIn(0, 143);
        }
        assertThat(said("scorer")).doesNotContain("ERROR", "UnsatisfiedLinkError", "[cds]");
        assertThat(bytes(folder.resolve("scorer-image/root"))).as("unpacked").isLessThan(MOST_BYTES);
    }

    @Test
    void saysWhatItIsMadeOf() throws Exception {
        Process version = start("version", List.of(), SCORER, "scorer-image", "--version");
        assertThat(version.waitFor()).isZero();
        assertThat(said("version")).startsWith("surprisal 0");
        Process other = start("other", List.of(), SCORER, "scorer-image", "train");
        assertThat(other.waitFor()).isEqualTo(2);
        assertThat(said("other")).contains("'train' is not in this image");

        Path app = folder.resolve("scorer-image/root/app");
        JsonNode parts = JSON.readTree(app.resolve("sbom.cdx.json").toFile());
        assertThat(parts.get("bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(parts.get("components"))
                .extracting(part -> part.get("name").asText())
                .contains("onnxruntime", "kafka-streams", "rocksdbjni");
        try (Stream<Path> natives = Files.list(app.resolve("native"))) {
            assertThat(natives).hasSizeGreaterThan(4);
        }
    }

    private void train() throws Exception {
        Path sample = Project.DEPLOY.resolve("docker/sample");
        Files.copy(sample.resolve("payments.yaml"), volume.resolve("payments.yaml"));
        Process records = new ProcessBuilder(sample.resolve("payments").toString(), "3000")
                .redirectOutput(volume.resolve("payments.jsonl").toFile())
                .start();
        assertThat(records.waitFor()).isZero();
        Process training = start(
                "trainer",
                List.of("JAVA_OPTS=-Xmx1g"),
                TRAINER,
                "trainer-image",
                "train",
                "--spec",
                "payments.yaml",
                "--data",
                "payments.jsonl",
                "--out",
                "payments.onnx",
                "--time-budget",
                "10s");
        assertThat(training.waitFor()).as(said("trainer")).isZero();
    }

    private Process scorer(EmbeddedBroker broker, int port) throws IOException {
        return start(
                "scorer",
                List.of(
                        // Where there is an archive of classes, it has to fit.
                        "JAVA_OPTS=-Xmx512m -Xshare:on",
                        "SURPRISAL_KAFKA_BOOTSTRAP_SERVERS=" + broker.bootstrapServers(),
                        "SURPRISAL_TOPIC=payments",
                        "SURPRISAL_MODEL=payments.onnx",
                        "SURPRISAL_INSTANCE=scorer-1",
                        "SURPRISAL_PORT=" + port),
                SCORER,
                "scorer-image",
                "serve");
    }

    /** What it says is in a file of its name. */
    private Process start(String name, List<String> environment, Path image, String unpacked, String... arguments)
            throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Project.DEPLOY.resolve("docker/run-unpacked").toString());
        environment.forEach(variable -> line.addAll(List.of("-e", variable)));
        line.addAll(List.of(image.toString(), folder.resolve(unpacked).toString(), volume.toString()));
        line.addAll(List.of(arguments));
        return new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
    }

    private String said(String name) throws IOException {
        return Files.readString(folder.resolve(name + ".log"));
    }

    private static void createTopic(EmbeddedBroker broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("payments", 1, (short) 1)))
                    .all()
                    .get();
        }
    }

    /** A usual one, and one that is not; by the codec whose native library is the last to be loaded. */
    private static void produce(EmbeddedBroker broker) throws Exception {
        for (String codec : List.of("zstd", "snappy")) {
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    new TreeMap<>(Map.of("bootstrap.servers", broker.bootstrapServers(), "compression.type", codec)),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                String amount = codec.equals("zstd") ? "42.10" : "98000.00";
                String record = "{\"card\":\"c1\",\"amount\":" + amount
                        + ",\"usual_amount\":45.00,\"country\":\"DE\",\"abroad\":false}";
                producer.send(new ProducerRecord<>("payments", record.getBytes(UTF_8)))
                        .get();
            }
        }
    }

    private static List<JsonNode> scores(EmbeddedBroker broker, long from) throws IOException {
        List<JsonNode> scores = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition("payments.scores", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            for (var record : consumer.poll(Duration.ofSeconds(2))) {
                scores.add(JSON.readTree(record.value()));
            }
        }
        return scores.subList((int) Math.min(from, scores.size()), scores.size());
    }

    private static boolean isReady(int port) throws InterruptedException {
        try {
            URI uri = URI.create("http://127.0.0.1:" + port + "/health/readiness");
            return HttpClient.newHttpClient()
                            .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false; // not listening yet
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static long bytes(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !Files.isSymbolicLink(file))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
