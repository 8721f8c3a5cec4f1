package dev.surprisal.scorer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.PipelineStreams;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Kafka takes away and gives back: the scorer waits, says so, and goes on without a loss or a double. */
class BrokerResilienceIT {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final int HALF = 500;

    @TempDir
    private static Path folder;

    private static TestBroker broker;
    private static Path model;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = TestBroker.start(folder);
        model = TinyModel.write(folder.resolve("tiny.onnx"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void brokerThatGoesAwayAndComesBack() throws Exception {
        try (Scorer scorer = start("away")) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            send("away", 0);
            awaitScores("away", HALF);

            // When
            broker.pause();

            // Then
            awaitWaiting(scorer, "does not answer");

            // When
            broker.resume();

            // Then
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            send("away", HALF);
            awaitScores("away", 2 * HALF);
        }
    }

    @Test
    void rightThatIsTakenAndGivenBack() throws Exception {
        try (Scorer scorer = start("denied")) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            send("denied", 0);
            awaitScores("denied", HALF);

            // When
            broker.denyWriting("denied.scores", true);
            send("denied", HALF);

            // Then
            awaitWaiting(scorer, "denied.scores");

            // When
            broker.denyWriting("denied.scores", false);

            // Then
            awaitScores("denied", 2 * HALF);
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
        }
    }

    private static Scorer start(String topic) throws Exception {
        broker.create(topic, 1 << 20);
        return Scorer.start(
                "127.0.0.1",
                0,
                List.of(new Pipeline(
                        topic,
                        topic,
                        model,
                        null,
                        Delivery.EXACTLY_ONCE,
                        1,
                        1 << 20,
                        Map.of("bootstrap.servers", broker.address()))));
    }

    private static void send(String topic, int from) throws Exception {
        byte[] value = "{\"amount\": 50, \"country\": \"DE\"}".getBytes(UTF_8);
        broker.send(IntStream.range(from, from + HALF)
                .mapToObj(i -> new ProducerRecord<>(topic, Integer.toString(i).getBytes(UTF_8), value))
                .toList());
    }

    private static void awaitScores(String topic, int count) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            List<ConsumerRecord<byte[], byte[]>> scores = broker.read(topic + ".scores", read -> read.size() >= count);
            assertThat(scores).hasSize(count);
            assertThat(scores.stream()
                            .map(score -> new String(score.key(), UTF_8))
                            .distinct())
                    .hasSize(count);
        });
    }

    private static void awaitWaiting(Scorer scorer, String why) {
        PipelineStreams pipeline = scorer.pipelines().all().get(0);
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(pipeline.failure()).contains(why);
            assertThat(pipeline.state()).isEqualTo("WAITING");
        });
        assertThat(pipeline.isRunning()).isFalse();
        assertThat(pipeline.isDead()).isFalse();
    }
}
