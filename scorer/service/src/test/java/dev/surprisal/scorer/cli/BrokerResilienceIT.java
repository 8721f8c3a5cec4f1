package dev.surprisal.scorer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.fixture.UsualPayments;
import dev.surprisal.scorer.stream.PipelineStreams;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
    private static UsualPayments payments;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = TestBroker.start(folder);
        payments = new UsualPayments(broker, TinyModel.write(folder.resolve("tiny.onnx")), PATIENCE);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void brokerThatGoesAwayAndComesBack() throws Exception {
        try (Scorer scorer = start("away")) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            payments.send("away", 0, HALF);
            payments.awaitScores("away", HALF);

            // When
            broker.pause();

            // Then
            awaitWaiting(scorer, "does not answer");

            // When
            broker.resume();

            // Then
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            payments.send("away", HALF, HALF);
            payments.awaitScores("away", 2 * HALF);
        }
    }

    @Test
    void rightThatIsTakenAndGivenBack() throws Exception {
        try (Scorer scorer = start("denied")) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            payments.send("denied", 0, HALF);
            payments.awaitScores("denied", HALF);

            // When
            broker.denyWriting("denied.scores", true);
            payments.send("denied", HALF, HALF);

            // Then
            awaitWaiting(scorer, "denied.scores");

            // When
            broker.denyWriting("denied.scores", false);

            // Then
            payments.awaitScores("denied", 2 * HALF);
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
        }
    }

    private static Scorer start(String topic) throws Exception {
        return Scorer.start("127.0.0.1", 0, List.of(payments.pipeline(topic)));
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
