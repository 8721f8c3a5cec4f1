package dev.surprisal.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.DeadLetterHeaders;
import dev.surprisal.scorer.cli.Scorer;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Pipeline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The scorer on a real broker. */
class ServeIT {

    private static final Path MODEL = Path.of("../../scorer/engine/src/test/resources/models/tiny-1.0.onnx");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LARGE = 10 << 20;
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private static Path folder;

    private static EmbeddedBroker broker;
    private String topic;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(folder.resolve("kafka"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void nameTopic(TestInfo test) {
        topic = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void everyRecordComesOutOnceThoughTheScorerIsStoppedInBetween() throws Exception {
        createTopic();
        int count = 4_000;
        send(count);
        try (Scorer scorer = start()) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
        }
        send(count);
        Map<String, Integer> offsets = new TreeMap<>();
        try (Scorer scorer = start()) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            for (ConsumerRecord<byte[], byte[]> record : receive(2 * count, ".scores", ".dead-letters")) {
                if (record.topic().endsWith(".scores")) {
                    JsonNode event = JSON.readTree(record.value());
                    offsets.merge(event.get("partition") + "/" + event.get("offset"), 1, Integer::sum);
                } else {
                    String place = header(record, DeadLetterHeaders.PARTITION) + "/"
                            + header(record, DeadLetterHeaders.OFFSET);
                    offsets.merge(place, 1, Integer::sum);
                }
            }
        }
        assertThat(offsets).hasSize(2 * count);
        assertThat(offsets.values()).containsOnly(1);
    }

    @Test
    void aRecordOfTenMegabytesIsADeadLetterWithAllItsBytes() throws Exception {
        createTopic(Map.of("max.message.bytes", Integer.toString(LARGE + 4_096)));
        byte[] large = new byte[LARGE];
        Arrays.fill(large, (byte) 'x');
        try (Scorer scorer = start()) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            send(List.of(large, usual(1)));

            List<ConsumerRecord<byte[], byte[]>> out = receive(2, ".scores", ".dead-letters");

            ConsumerRecord<byte[], byte[]> letter = out.stream()
                    .filter(record -> record.topic().endsWith(".dead-letters"))
                    .findFirst()
                    .orElseThrow();
            assertThat(letter.value()).isEqualTo(large);
            assertThat(header(letter, DeadLetterHeaders.REASON)).contains("max-record-bytes");
        }
    }

    @Test
    void healthTellsReadyFromAliveFromDead() throws Exception {
        createTopic();
        try (Scorer scorer = start()) {
            assertThat(status(scorer, "/health/liveness")).isEqualTo(200);
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            assertThat(status(scorer, "/health/readiness")).isEqualTo(200);

            // The topic goes away under the streams, which they do not survive.
            try (Admin admin = admin()) {
                admin.deleteTopics(List.of(topic)).all().get();
            }

            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (status(scorer, "/health/liveness") == 200) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                Thread.sleep(100);
            }
            assertThat(status(scorer, "/health/readiness")).isEqualTo(503);
            HttpResponse<String> health = get(scorer, "/health");
            assertThat(health.body()).contains("\"state\":\"ERROR\"", "failure");
        }
    }

    @Test
    void whatKeepsItFromStartingIsOneSentence() throws Exception {
        createTopic();
        Path notOnnx = Files.writeString(folder.resolve("not.onnx"), "not a model");
        assertServeFails(
                "there is no such model file",
                "--model",
                folder.resolve("none.onnx").toString());
        assertServeFails("not an ONNX model", "--model", notOnnx.toString());
        assertServeFails("the topic 'absent' does not exist on " + broker.bootstrapServers(), "--topic", "absent");
        assertServeFails("Kafka at 127.0.0.1:1 does not", "--bootstrap-servers", "127.0.0.1:1");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertServeFails(
                    "port " + taken.getLocalPort() + " is taken", "--port", Integer.toString(taken.getLocalPort()));
        }
    }

    @Test
    void aModelOfANewerFormatIsRefused() throws IOException {
        String text = new String(Files.readAllBytes(MODEL), StandardCharsets.ISO_8859_1);
        String newer = text.replace("\"format\":\"1.0\"", "\"format\":\"2.0\"");
        assertThat(newer).isNotEqualTo(text);
        Path model = Files.write(folder.resolve("newer.onnx"), newer.getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> ScoringModel.open(model))
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("format '2.0'; this version reads 1.x");
    }

    private void assertServeFails(String message, String... changed) {
        Map<String, String> options = new TreeMap<>(Map.of(
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--topic",
                topic,
                "--model",
                MODEL.toString(),
                "--port",
                "0"));
        options.put(changed[0], changed[1]);
        List<String> line = new ArrayList<>(List.of("serve"));
        options.forEach((key, value) -> line.addAll(List.of(key, value)));
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            assertThat(dev.surprisal.scorer.cli.Main.run(line.toArray(String[]::new)))
                    .isEqualTo(1);
        } finally {
            System.setErr(before);
        }
        String[] lines = said.toString(StandardCharsets.UTF_8).strip().split("\n", -1);
        assertThat(lines[lines.length - 1]).startsWith("surprisal: ").contains(message);
        assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("\tat ");
    }

    private Scorer start() {
        return Scorer.start(
                "127.0.0.1",
                0,
                List.of(new Pipeline(
                        topic,
                        topic,
                        MODEL,
                        null,
                        Delivery.EXACTLY_ONCE,
                        1,
                        Pipeline.USUAL_MAX_RECORD_BYTES,
                        Map.of("bootstrap.servers", broker.bootstrapServers()))));
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    private void createTopic() throws ExecutionException, InterruptedException {
        createTopic(Map.of());
    }

    private void createTopic(Map<String, String> configs) throws ExecutionException, InterruptedException {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(2), Optional.empty()).configs(configs)))
                    .all()
                    .get();
        }
    }

    /** Records of which each tenth is broken. */
    private void send(int count) {
        List<byte[]> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(i % 10 == 0 ? "broken".getBytes(StandardCharsets.UTF_8) : usual(i));
        }
        send(values);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // What is not sent does not come out, and the test fails.
    private void send(List<byte[]> values) {
        Map<String, Object> properties =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "max.request.size", 2 * LARGE);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            values.forEach(value -> producer.send(new ProducerRecord<>(topic, value)));
        }
    }

    private static byte[] usual(int number) {
        String json = "{\"amount\":60,\"weight\":5,\"country\":\"FR\",\"express\":false,\"id\":\"" + number + "\"}";
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** All records of output topics, once as many are there as should be, and what comes in a while after. */
    private List<ConsumerRecord<byte[], byte[]>> receive(int count, String... outputs) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", broker.bootstrapServers());
        properties.put("group.id", "test-" + topic);
        properties.put("isolation.level", "read_committed");
        properties.put("auto.offset.reset", "earliest");
        List<ConsumerRecord<byte[], byte[]>> received = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(
                    Arrays.stream(outputs).map(output -> topic + output).toList());
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            int quiet = 0;
            while (quiet < 10) {
                assertThat(System.nanoTime())
                        .as("%d of %d came out", received.size(), count)
                        .isLessThan(deadline);
                int before = received.size();
                consumer.poll(Duration.ofMillis(100)).forEach(received::add);
                quiet = received.size() >= count && received.size() == before ? quiet + 1 : 0;
            }
        }
        assertThat(received).hasSize(count);
        return received;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String key) {
        return new String(record.headers().lastHeader(key).value(), StandardCharsets.UTF_8);
    }

    private static int status(Scorer scorer, String path) throws IOException, InterruptedException {
        return get(scorer, path).statusCode();
    }

    private static HttpResponse<String> get(Scorer scorer, String path) throws IOException, InterruptedException {
        URI uri = scorer.uri().resolve(path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
