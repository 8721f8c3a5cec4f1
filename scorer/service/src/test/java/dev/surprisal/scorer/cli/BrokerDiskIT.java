package dev.surprisal.scorer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.surprisal.scorer.fixture.SmallDisk;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.fixture.UsualPayments;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks of brokers that take their time, or are full: the scorer waits, says so, and goes on by itself without a loss or a double. */
class BrokerDiskIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SLOW = Duration.ofSeconds(6);
    private static final int PART = 500;

    @TempDir
    private static Path folder;

    private static SmallDisk disk;
    private static TestBroker broker;
    private static UsualPayments payments;

    @BeforeAll
    static void startBroker() throws Exception {
        disk = SmallDisk.mount(folder.resolve("small"), 8);
        Path data = disk.folder().resolve("data");
        broker = TestBroker.startApart(folder, List.of(folder.resolve("large"), data));
        // With so many partitions there, all others go to the large one.
        broker.createIn(data, "many", 40);
        broker.createIn(data, "full.scores", 2);
        payments = new UsualPayments(broker, TinyModel.write(folder.resolve("tiny.onnx")), PATIENCE);
    }

    @AfterAll
    static void stopBroker() throws Exception {
        if (broker != null) {
            broker.close();
        }
        if (disk != null) {
            disk.close();
        }
    }

    @Test
    void diskThatTakesItsTime() throws Exception {
        try (Scorer scorer = start("slow")) {
            payments.send("slow", 0, PART);
            payments.awaitScores("slow", PART);

            // When
            broker.process().freeze();
            try {
                awaitWaiting(scorer, "does not answer");
                // Longer than a session or a transaction lasts without a word.
                Thread.sleep(SLOW.toMillis());
            } finally {
                broker.process().thaw();
            }

            // Then
            payments.send("slow", PART, PART);
            payments.awaitScores("slow", 2 * PART);
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
        }
    }

    @Test
    void diskOfScoresThatIsFull() throws Exception {
        try (Scorer scorer = start("full")) {
            payments.send("full", 0, PART);
            payments.awaitScores("full", PART);

            // When
            disk.fill();
            payments.send("full", PART, PART);

            // Then
            awaitWaiting(scorer, "is there room?");

            // When
            disk.free();
            broker.pause();
            broker.resume();

            // Then
            payments.awaitScores("full", 2 * PART);
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
        }
    }

    private static Scorer start(String topic) throws Exception {
        Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(payments.pipeline(topic)));
        assertThat(scorer.awaitReady(PATIENCE)).isTrue();
        return scorer;
    }

    /** Until health says what it waits for, and that no other process is needed. */
    private static void awaitWaiting(Scorer scorer, String why) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            HttpResponse<String> ready = get(scorer, "/health/readiness");
            assertThat(ready.statusCode()).isEqualTo(503);
            HttpResponse<String> health = get(scorer, "/health");
            assertThat(health.body()).contains("WAITING", why);
        });
        assertThat(get(scorer, "/health/liveness").statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> get(Scorer scorer, String path) {
        HttpRequest request = HttpRequest.newBuilder(scorer.uri().resolve(path)).build();
        return HttpClient.newHttpClient()
                .sendAsync(request, BodyHandlers.ofString())
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }
}
