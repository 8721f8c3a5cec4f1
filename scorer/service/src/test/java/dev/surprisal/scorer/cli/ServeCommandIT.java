package dev.surprisal.scorer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.ModelCardJson;
import dev.surprisal.scorer.fixture.ScorerProcess;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as people run it: what it prints, with which status it ends. */
class ServeCommandIT {

    private static final int PATIENCE_SECONDS = 30;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static TestBroker broker;
    private static Path model;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = TestBroker.start(folder);
        broker.create("payments", 1 << 20);
        model = TinyModel.write(folder.resolve("tiny.onnx"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void saysWhatItScoresAndWhereItListensAndStopsWhenTold() throws Exception {
        // Given
        byte[] value = "{\"amount\": 500, \"country\": \"DE\"}".getBytes(UTF_8);
        broker.send(List.of(new ProducerRecord<>("payments", value)));
        try (ScorerProcess scorer = ScorerProcess.start(
                options("payments", broker.address(), model, "--alarm-rate", "1/10000", "--verbose"))) {
            // When
            URI uri = scorer.uri();

            // Then
            assertThat(scorer.said())
                    .contains("payments", TinyModel.VERSION, "1/10000", "payments.anomalies")
                    .doesNotContain("Warning");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                    .until(() -> status(uri.resolve("/health/readiness")) == 200);
            assertThat(broker.read("payments.anomalies", read -> !read.isEmpty()))
                    .hasSize(1);

            // When
            long before = System.nanoTime();
            scorer.process().destroy();

            // Then
            assertThat(scorer.process().waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
            // The consumer's interceptor was at work.
            assertThat(scorer.said()).contains("RUNNING").doesNotContain("scored alone");
        }
    }

    @Test
    void logsInJsonWithTheSameKeysAndWithoutSecrets() throws Exception {
        try (ScorerProcess scorer = ScorerProcess.start(options(
                "payments",
                broker.address(),
                model,
                "--log-format",
                "json",
                "--verbose",
                "--kafka-property",
                "ssl.key.password=hush-hush"))) {
            assertThat(scorer.uri()).isNotNull();
            scorer.awaitSaid("to RUNNING");

            List<String> logged =
                    scorer.said().lines().filter(line -> line.startsWith("{")).toList();
            assertThat(logged).hasSizeGreaterThan(3);
            for (String line : logged) {
                Map<String, Object> event = JSON.readValue(line, new TypeReference<>() {});
                assertThat(event).containsKeys("timestamp", "level", "threadName", "loggerName", "formattedMessage");
                assertThat(Set.of(
                                "timestamp",
                                "level",
                                "threadName",
                                "loggerName",
                                "mdc",
                                "formattedMessage",
                                "throwable"))
                        .containsAll(event.keySet());
            }
            assertThat(scorer.said().lines().filter(line -> !line.startsWith("{")))
                    .as("what is for the screen")
                    .hasSize(2);
            assertThat(scorer.said()).doesNotContain("hush-hush");
        }
    }

    @Test
    void logFormatThatDoesNotExistIsWrongUsage() throws Exception {
        try (ScorerProcess scorer = ScorerProcess.command(List.of("topics", "plan", "--log-format", "xml"))) {
            assertThat(scorer.awaitEnd()).contains("--log-format", "xml");
            assertThat(scorer.process().waitFor()).isEqualTo(2);
        }
    }

    @Test
    void warnsOfARateThatNothingCanMeet() throws Exception {
        Path small = TinyModel.write(folder.resolve("small.onnx"), 99);
        try (ScorerProcess scorer = ScorerProcess.start(options("payments", broker.address(), small))) {
            assertThat(scorer.uri()).isNotNull();
            assertThat(scorer.said()).contains("Warning", "calibrated on 99 records", "1/100");
        }
    }

    @Test
    void topicThatDoesNotExistIsWaitedFor() throws Exception {
        try (ScorerProcess scorer = ScorerProcess.start(options("later", broker.address(), model))) {
            URI uri = scorer.uri();
            scorer.awaitSaid("the topic 'later' does not exist on " + broker.address() + "; create it first");
            assertThat(status(uri.resolve("/health/readiness"))).isEqualTo(503);
            assertThat(status(uri.resolve("/health/liveness"))).isEqualTo(200);
            assertThat(broker.topics()).doesNotContain("later.scores");

            // When
            broker.create("later", 1 << 20);

            // Then
            Awaitility.await()
                    .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                    .until(() -> status(uri.resolve("/health/readiness")) == 200);
        }
    }

    @Test
    void brokerThatIsNotThereIsWaitedFor() throws Exception {
        try (ScorerProcess scorer = ScorerProcess.start(options("payments", "127.0.0.1:1", model))) {
            URI uri = scorer.uri();
            scorer.awaitSaid("Kafka at 127.0.0.1:1 does not answer");
            assertThat(status(uri.resolve("/health/readiness"))).isEqualTo(503);
            assertThat(status(uri.resolve("/health/liveness"))).isEqualTo(200);

            // When
            scorer.process().destroy();

            // Then
            assertThat(scorer.process().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @Test
    void topicsArePlannedThenCreatedAndNeverChanged() throws Exception {
        broker.create("planned", 1 << 20);
        broker.create("planned.scores", 1 << 20);
        String[] options = {"--bootstrap-servers", broker.address(), "--topic", "planned"};

        assertThat(topics("plan", options))
                .contains("exists     planned: 2 partitions", "exists     planned.scores: 2 partitions")
                .contains("to create  planned.anomalies: 2 partitions, 1 replicas, {max.message.bytes=1114112}");
        assertThat(broker.topics()).doesNotContain("planned.anomalies");
        assertThat(topics("apply", options)).contains("created    planned.anomalies: 2 partitions");
        assertThat(broker.topics())
                .contains(
                        "planned.anomalies",
                        "planned.dead-letters",
                        "planned.shadow-scores",
                        "planned.model-events",
                        "planned.drift",
                        "planned.incidents",
                        "planned.silences",
                        "surprisal.mute-rules",
                        "surprisal.instances");
        assertThat(topics("plan", options)).doesNotContain("to create");
    }

    private static String topics(String verb, String... options) throws Exception {
        List<String> line = new ArrayList<>(List.of("topics", verb));
        line.addAll(List.of(options));
        try (ScorerProcess command = ScorerProcess.command(line)) {
            assertThat(command.process().waitFor()).isZero();
            return command.awaitEnd();
        }
    }

    @Test
    void addressThatIsNone() throws Exception {
        fails(options("payments", "no where", model), "Kafka at no where cannot be used");
    }

    @Test
    void portThatIsTaken() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(socket.getLocalPort());
            fails(
                    options("payments", broker.address(), model, "--port", port),
                    "port " + port + " is taken; choose another with --port");
        }
    }

    @Test
    void modelThatIsNone() throws Exception {
        fails(options("payments", broker.address(), folder.resolve("no.onnx")), "no.onnx: there is no such model file");
        Path text = Files.writeString(folder.resolve("text.onnx"), "hello");
        fails(options("payments", broker.address(), text), "text.onnx: not an ONNX model that can be loaded");
        String card = ModelCardJson.write(TinyModel.card(99))
                .replace("\"format\":\"" + ModelCard.FORMAT + "\"", "\"format\":\"2.0\"");
        Path newer = Files.write(folder.resolve("newer.onnx"), TinyModel.bytes(card));
        fails(options("payments", broker.address(), newer), "newer.onnx: its model card has the format '2.0'");
    }

    @Test
    void secretsAreNotPrinted() throws Exception {
        try (ScorerProcess scorer = ScorerProcess.start(options(
                "payments",
                broker.address(),
                model,
                "--verbose",
                "--kafka-property",
                "security.protocol=SASL_PLAINTEXT",
                "--kafka-property",
                "sasl.mechanism=PLAIN",
                "--kafka-property",
                "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username=u password=hunter2;",
                "--kafka-property",
                "default.api.timeout.ms=6000"))) {
            scorer.awaitSaid("pipeline 'payments' stops: Kafka at " + broker.address());
            assertThat(scorer.said()).doesNotContain("hunter2");
        }
    }

    @Test
    void wrongUsage() throws Exception {
        ScorerProcess scorer = ScorerProcess.start(List.of("--no-such-option"));
        assertThat(scorer.process().waitFor()).isEqualTo(2);
        assertThat(scorer.awaitEnd()).contains("--no-such-option").doesNotContain("\tat ");
    }

    /** It ends with one sentence, and no stack trace; what is above is Kafka's log of attempts to connect. */
    private static void fails(List<String> options, String sentence) throws Exception {
        List<String> lines = fails(options).lines().toList();
        assertThat(lines.get(lines.size() - 1)).startsWith("surprisal: ").contains(sentence);
        assertThat(lines.subList(0, lines.size() - 1)).allMatch(line -> line.contains("WARN  NetworkClient"));
    }

    private static String fails(List<String> options) throws Exception {
        try (ScorerProcess scorer = ScorerProcess.start(options)) {
            assertThat(scorer.process().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .isTrue();
            String said = scorer.awaitEnd();
            assertThat(scorer.process().exitValue()).as(said).isEqualTo(1);
            return said;
        }
    }

    private static List<String> options(String topic, String servers, Path modelFile, String... more) {
        List<String> options = new ArrayList<>(
                List.of("--topic", topic, "--bootstrap-servers", servers, "--model", modelFile.toString()));
        options.addAll(List.of(more));
        if (!options.contains("--port")) {
            options.addAll(List.of("--port", "0"));
        }
        return options;
    }

    private static int status(URI uri) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
