package dev.surprisal.scorer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.ModelCardJson;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as people run it: what it prints, with which status it ends. */
class ServeCommandIT {

    private static final int PATIENCE_SECONDS = 30;

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
        Process scorer = start(options("payments", broker.address(), model, "--alarm-rate", "1/10000", "--verbose"));
        List<String> said = new CopyOnWriteArrayList<>();
        try {
            // When
            URI uri = address(scorer, said);

            // Then
            assertThat(String.join("\n", said))
                    .contains("payments", TinyModel.VERSION, "1/10000", "payments.anomalies")
                    .doesNotContain("Warning");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                    .until(() -> status(uri.resolve("/health/readiness")) == 200);
            assertThat(broker.read("payments.anomalies", read -> !read.isEmpty()))
                    .hasSize(1);

            // When
            long before = System.nanoTime();
            scorer.destroy();

            // Then
            assertThat(scorer.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
            // The consumer's interceptor was at work.
            assertThat(String.join("\n", said)).contains("RUNNING").doesNotContain("scored alone");
        } finally {
            scorer.destroyForcibly();
        }
    }

    @Test
    void warnsOfARateThatNothingCanMeet() throws Exception {
        Path small = TinyModel.write(folder.resolve("small.onnx"), 99);
        Process scorer = start(options("payments", broker.address(), small));
        List<String> said = new CopyOnWriteArrayList<>();
        try {
            address(scorer, said);
            assertThat(String.join("\n", said)).contains("Warning", "calibrated on 99 records", "1/100");
        } finally {
            scorer.destroyForcibly();
        }
    }

    @Test
    void topicThatDoesNotExist() throws Exception {
        fails(options("nothing", broker.address(), model), "the topic 'nothing' does not exist on " + broker.address());
        assertThat(broker.topics()).doesNotContain("nothing.scores");
    }

    @Test
    void brokerThatIsNotThere() throws Exception {
        fails(options("payments", "127.0.0.1:1", model), "Kafka at 127.0.0.1:1 does not answer");
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
        String card =
                ModelCardJson.write(TinyModel.card(99)).replace("\"format\":\"" + ModelCard.FORMAT, "\"format\":\"2.0");
        Path newer = Files.write(folder.resolve("newer.onnx"), TinyModel.bytes(card));
        fails(options("payments", broker.address(), newer), "newer.onnx: its model card has the format '2.0'");
    }

    @Test
    void secretsAreNotPrinted() throws Exception {
        String said = fails(options(
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
                "default.api.timeout.ms=6000"));
        assertThat(said).contains("surprisal: ").doesNotContain("hunter2");
    }

    @Test
    void wrongUsage() throws Exception {
        Process scorer = start(List.of("--no-such-option"));
        String said = new String(scorer.getInputStream().readAllBytes(), UTF_8);
        assertThat(scorer.waitFor()).isEqualTo(2);
        assertThat(said).contains("--no-such-option").doesNotContain("\tat ");
    }

    /** It ends with one sentence, and no stack trace; what is above is Kafka's log of attempts to connect. */
    private static void fails(List<String> options, String sentence) throws Exception {
        List<String> lines = fails(options).lines().toList();
        assertThat(lines.get(lines.size() - 1)).startsWith("surprisal: ").contains(sentence);
        assertThat(lines.subList(0, lines.size() - 1)).allMatch(line -> line.contains("WARN  NetworkClient"));
    }

    private static String fails(List<String> options) throws Exception {
        Process scorer = start(options);
        try {
            String said = new String(scorer.getInputStream().readAllBytes(), UTF_8);
            assertThat(scorer.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(scorer.exitValue()).as(said).isEqualTo(1);
            return said;
        } finally {
            scorer.destroyForcibly();
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

    private static Process start(List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                Main.class.getName(),
                "serve"));
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // As the launcher does: ONNX Runtime's telemetry crashes where the command line is long.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        return builder.start();
    }

    /** Reads what a scorer says until it says where it listens. */
    private static URI address(Process scorer, List<String> said) throws IOException {
        Pattern pattern = Pattern.compile("Listening on (http://\\S+);");
        BufferedReader lines = new BufferedReader(new InputStreamReader(scorer.getInputStream(), UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            said.add(line);
            Matcher matcher = pattern.matcher(line);
            if (matcher.find()) {
                drain(lines, said);
                return URI.create(matcher.group(1));
            }
        }
        throw new AssertionError("it ended, and said: " + said);
    }

    /** Reads on, so that the scorer does not wait for a reader. */
    private static void drain(BufferedReader lines, List<String> said) {
        Thread reader = new Thread(
                () -> {
                    try {
                        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                            said.add(line);
                        }
                    } catch (IOException e) {
                        // Its end, which came while a line was read.
                        assertThat(e).hasMessage("Stream closed");
                    }
                },
                "drain");
        reader.setDaemon(true);
        reader.start();
    }

    private static int status(URI uri) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
