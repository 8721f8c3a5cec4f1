package dev.surprisal.scorer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.scorer.fixture.ScorerProcess;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two scorers that change, one after the other and under load, to another model and another topology, and back. */
class RollingUpgradeIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PARTITIONS = 4;
    private static final int BAD = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private TestBroker broker;
    private final Map<String, ScorerProcess> scorers = new HashMap<>();
    private final AtomicInteger sent = new AtomicInteger();
    private volatile boolean enough;
    private CompletableFuture<Void> load;
    private Path first;
    private Path second;

    @BeforeEach
    void startBroker() throws Exception {
        broker = TestBroker.start(folder);
        broker.create("payments", 1 << 20, PARTITIONS);
        first = Files.write(folder.resolve("first.onnx"), TinyModel.version("first"));
        second = Files.write(folder.resolve("second.onnx"), TinyModel.version("second"));
    }

    @AfterEach
    void stopAll() {
        enough = true;
        load.exceptionally(failure -> null).join();
        scorers.values().forEach(ScorerProcess::close);
        broker.close();
    }

    @Test
    void aRollingUpgradeAndItsRollbackLoseAndDoubleNothing() throws Exception {
        // Given
        before("one");
        before("two");
        load = CompletableFuture.runAsync(this::send);
        awaitAllPartitionsScoredBy("first");

        // When
        after("one");
        awaitSomeScoredBy("second");
        after("two");
        awaitAllPartitionsScoredBy("second");
        before("two");
        awaitSomeScoredBy("first");
        before("one");
        awaitAllPartitionsScoredBy("first");
        enough = true;
        load.join();

        // Then
        Map<Integer, Integer> ends = ends();
        Map<Integer, Integer> wrong = new TreeMap<>(ends);
        wrong.values().removeIf(times -> times == 1);
        assertThat(wrong).as("how often the records that did not end once did").isEmpty();
        assertThat(ends).hasSize(sent.get());
        assertThat(broker.read("surprisal-payments-alarms-changelog", read -> !read.isEmpty()))
                .as("what the topology in between remembered")
                .isNotEmpty();
        assertThat(scorers.values())
                .allSatisfy(scorer ->
                        assertThat(scorer.said()).doesNotContain("failed").doesNotContain("Exception"));
    }

    /** Starts an instance anew, without any store. */
    private void before(String instance) throws Exception {
        restart(instance, first, "--incidents", "off", "--silences", "off", "--alarm-rate", "1/100");
    }

    /** Starts an instance anew, with stores for incidents, for the habits of keys and for what its rule remembers. */
    private void after(String instance) throws Exception {
        restart(instance, second, "--incidents", "10m", "--alarm-rate", "fdr 10%");
    }

    private void restart(String instance, Path model, String... more) throws Exception {
        ScorerProcess old = scorers.get(instance);
        if (old != null) {
            old.process().destroy();
            assertThat(old.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        List<String> options = new ArrayList<>(List.of(
                "--topic",
                "payments",
                "--model",
                model.toString(),
                "--bootstrap-servers",
                broker.address(),
                "--instance",
                instance,
                "--port",
                "0"));
        options.addAll(List.of(more));
        ScorerProcess scorer = ScorerProcess.start(options);
        scorers.put(instance, scorer);
        scorer.awaitSaid("Dashboard at ");
    }

    /** About two thousand records a second, every tenth not JSON, every hundredth improbable. */
    private void send() {
        try {
            while (!enough) {
                List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
                int from = sent.get();
                for (int i = from; i < from + 100; i++) {
                    records.add(new ProducerRecord<>("payments", i % PARTITIONS, key(i), value(i).getBytes(UTF_8)));
                }
                broker.send(records);
                sent.set(from + records.size());
                Thread.sleep(50);
            }
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    private static byte[] key(int i) {
        return Integer.toString(i).getBytes(UTF_8);
    }

    private static String value(int i) {
        if (i % BAD == 0) {
            return "bad";
        }
        return "{\"amount\": " + (i % 100 == 1 ? 500 : 40 + i % 20) + ", \"country\": \"DE\"}";
    }

    private void awaitSomeScoredBy(String version) {
        awaitScored(version, 1);
    }

    private void awaitAllPartitionsScoredBy(String version) {
        awaitScored(version, PARTITIONS);
    }

    /** Waits until records that are yet to be sent are scored by a version, in so many partitions. */
    private void awaitScored(String version, int partitions) {
        int from = sent.get();
        Awaitility.await("scores by " + version)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> broker.read("payments.scores", read -> false, Duration.ofMillis(1_500)).stream()
                                .filter(score -> id(score) > from)
                                .filter(score -> json(score)
                                        .get("model_version")
                                        .asText()
                                        .equals(version))
                                .map(score -> id(score) % PARTITIONS)
                                .distinct()
                                .count()
                        >= partitions);
    }

    /** How often each record ended, as a score or as a dead letter. */
    private Map<Integer, Integer> ends() {
        int bad = sent.get() / BAD;
        Map<Integer, Integer> ends = new HashMap<>();
        broker.read("payments.scores", read -> read.size() >= sent.get() - bad)
                .forEach(score -> ends.merge(id(score), 1, Integer::sum));
        broker.read("payments.dead-letters", read -> read.size() >= bad)
                .forEach(letter -> ends.merge(id(letter), 1, Integer::sum));
        return ends;
    }

    private static int id(ConsumerRecord<byte[], byte[]> record) {
        return Integer.parseInt(new String(record.key(), UTF_8));
    }

    private static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
        try {
            return JSON.readTree(record.value());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
