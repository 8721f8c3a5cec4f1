package dev.surprisal.scorer.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.schemas.event.EventJson;
import dev.surprisal.schemas.event.SilenceEvent;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.format.EventFormat;
import dev.surprisal.scorer.incident.IncidentGap;
import dev.surprisal.scorer.mute.MuteRules;
import dev.surprisal.scorer.silence.SilenceRate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Silent keys as a consumer of their topic sees them. */
class StreamSilencesTest {

    private static final String USUAL = "{\"amount\": 50, \"age\": 30, \"country\": \"DE\"}";
    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
    private static final int KEYS = 5;
    private static final int TICKS = 60;

    private final ObjectMapper json = new ObjectMapper();
    private final Counts counts = new Counts();
    private TestedTopology tested;
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> records;
    private TestOutputTopic<byte[], byte[]> scores;
    private TestOutputTopic<byte[], byte[]> silences;
    private TestOutputTopic<byte[], byte[]> changelog;

    @TempDir
    private Path folder;

    private static final class Counts implements StreamListener {
        private final Map<String, Integer> events = new TreeMap<>();
        private int silent;
        private int watched;

        @Override
        public void silence(String event) {
            events.merge(event, 1, Integer::sum);
        }

        @Override
        public void keysSilent(int more) {
            silent += more;
        }

        @Override
        public void keysWatched(int more) {
            watched += more;
        }
    }

    @BeforeEach
    void open() {
        tested = tested(SilenceRate.USUAL);
        driver = tested.start(NOON.plus(Duration.ofDays(30)));
        records = tested.records();
        scores = tested.output("payments.scores");
        silences = tested.output("payments.silences");
        changelog = tested.output("test-silences-changelog");
    }

    private TestedTopology tested(SilenceRate rate) {
        return new TestedTopology(
                TestedTopology.payments(
                        TinyModel.write(folder.resolve("tiny.onnx")),
                        null,
                        Emission.ALL,
                        new Watches(IncidentGap.OFF, DriftOptions.OFF, rate)),
                TestedTopology.LIMITS,
                MuteRules.NONE,
                counts);
    }

    @AfterEach
    void close() {
        tested.close();
    }

    private static Instant time(int tick, int key) {
        return NOON.plus(Duration.ofMinutes(tick)).plusSeconds(key * 12L);
    }

    /** Keys from the first on come every minute, one after the other. */
    private void tick(int firstKey, int from, int to) {
        for (int tick = from; tick < to; tick++) {
            for (int key = firstKey; key < KEYS; key++) {
                records.pipeInput(("k" + key).getBytes(UTF_8), USUAL.getBytes(UTF_8), time(tick, key));
            }
        }
    }

    private List<JsonNode> told() throws IOException {
        List<JsonNode> told = new ArrayList<>();
        for (TestRecord<byte[], byte[]> record : silences.readRecordsToList()) {
            JsonNode event = json.readTree(record.value());
            assertThat(new String(record.key(), UTF_8))
                    .isEqualTo(event.get("key").asText());
            assertThat(new String(record.headers().lastHeader("ce_id").value(), UTF_8))
                    .isEqualTo(
                            event.get("id").asText() + "-" + event.get("event").asText());
            told.add(event);
        }
        return told;
    }

    private static List<String> lines(List<JsonNode> told) {
        return told.stream()
                .map(event ->
                        event.get("event").asText() + " " + event.get("key").asText())
                .toList();
    }

    @Test
    void aKeyIsToldSilentOnceAndThatItComesAgainOnce() throws IOException {
        // When
        tick(0, 0, TICKS);
        assertThat(told()).isEmpty();
        tick(1, TICKS, 2 * TICKS);
        List<JsonNode> silent = told();
        assertThat(counts.silent).isOne();
        tick(0, 2 * TICKS, 3 * TICKS);
        List<JsonNode> resumed = told();

        // Then
        assertThat(lines(silent)).containsExactly("silent k0");
        JsonNode event = silent.get(0);
        assertThat(event.get("topic").asText()).isEqualTo("payments");
        assertThat(event.get("since").asLong()).isEqualTo(time(TICKS - 1, 0).toEpochMilli());
        assertThat(event.get("usual_millis").asLong()).isEqualTo(60_000);
        assertThat(event.get("limit_millis").asLong()).isEqualTo(180_000);
        assertThat(event.get("silent_millis").asLong()).isEqualTo(180_000 + 12_000);
        assertThat(lines(resumed)).containsExactly("resumed k0");
        assertThat(resumed.get(0).get("id")).isEqualTo(event.get("id"));
        assertThat(resumed.get(0).get("silent_millis").asLong()).isEqualTo((TICKS + 1) * 60_000L);
        assertThat(counts.events).isEqualTo(Map.of("silent", 1, "resumed", 1));
        assertThat(counts.silent).isZero();
        assertThat(counts.watched).isEqualTo(KEYS);
        assertThat(scores.readRecordsToList()).hasSize(3 * TICKS * KEYS - TICKS);
    }

    @Test
    void recordsWithoutAKeyAndOfTheFutureTellNothing() throws IOException {
        tick(0, 0, TICKS);
        for (int i = 0; i < 100; i++) {
            records.pipeInput(null, USUAL.getBytes(UTF_8), time(TICKS + i, 0));
        }
        records.pipeInput("future".getBytes(UTF_8), USUAL.getBytes(UTF_8), NOON.plus(Duration.ofDays(900)));
        tick(0, TICKS, TICKS + 10);
        assertThat(told()).isEmpty();
        assertThat(scores.readRecordsToList()).hasSize((TICKS + 10) * KEYS + 101);
    }

    @Test
    void aPauseOfEverythingIsNoSilenceOfEach() throws IOException {
        for (int day = 0; day < 5; day++) {
            tick(0, day * 1_440, day * 1_440 + TICKS);
            driver.advanceWallClockTime(Duration.ofHours(23));
        }
        assertThat(told()).isEmpty();
    }

    @Test
    void whatCannotBeScoredIsASignOfLifeToo() throws IOException {
        tick(0, 0, TICKS);
        for (int tick = TICKS; tick < 2 * TICKS; tick++) {
            records.pipeInput("k0".getBytes(UTF_8), "broken".getBytes(UTF_8), time(tick, 0));
            tick(1, tick, tick + 1);
        }
        assertThat(told()).isEmpty();
    }

    @Test
    void switchedOffThereIsNoStoreAndNoTopic() {
        String described;
        try (TestedTopology off = tested(SilenceRate.OFF)) {
            described = off.description();
        }
        assertThat(described).doesNotContain("silences").contains("payments.anomalies");
    }

    /** One that begins with what the log of the store has, as another instance does. */
    private final class Restarted {
        private final MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
        private final KeyValueStore<byte[], byte[]> store = StreamSilences.store()
                .withLoggingDisabled()
                .withCachingDisabled()
                .build();
        private final Counts counts = new Counts();
        private final StreamSilences streamSilences = new StreamSilences(
                SilenceRate.USUAL,
                counts,
                new StreamOutputs.Output<>(
                        new EventJson<>(SilenceEvent.getClassSchema()),
                        new CloudEventHeaders("silence", "payments.silences", EventFormat.JSON)));

        Restarted(List<TestRecord<byte[], byte[]>> log) {
            context.setCurrentSystemTimeMs(NOON.plus(Duration.ofDays(30)).toEpochMilli());
            context.setRecordMetadata("payments", 0, 0);
            store.init(context.getStateStoreContext(), store);
            for (TestRecord<byte[], byte[]> record : log) {
                store.put(record.key(), record.value());
            }
            store.put("broken".getBytes(UTF_8), new byte[] {9});
            streamSilences.open(context);
        }

        void tick(int firstKey, int from, int to) {
            for (int tick = from; tick < to; tick++) {
                for (int key = firstKey; key < KEYS; key++) {
                    streamSilences.arrive(
                            context.recordMetadata().orElseThrow(),
                            ("k" + key).getBytes(UTF_8),
                            time(tick, key).toEpochMilli());
                }
            }
        }

        List<String> told() throws IOException {
            List<JsonNode> told = new ArrayList<>();
            for (MockProcessorContext.CapturedForward<? extends byte[], ? extends byte[]> forward :
                    context.forwarded()) {
                assertThat(forward.childName()).contains(ScoringTopology.SILENCES);
                told.add(json.readTree(forward.record().value()));
            }
            context.resetForwards();
            return lines(told);
        }
    }

    @Test
    void aRestartTellsNoSilenceTwiceAndLosesNone() throws IOException {
        // Given k0 that is told silent, and k1 that has just stopped
        tick(0, 0, TICKS);
        tick(1, TICKS, TICKS + 20);
        tick(2, TICKS + 20, TICKS + 22);
        assertThat(lines(told())).containsExactly("silent k0");
        List<TestRecord<byte[], byte[]>> log = changelog.readRecordsToList();

        // When
        Restarted restarted = new Restarted(log);
        assertThat(restarted.counts.silent).isOne();
        assertThat(restarted.counts.watched).isEqualTo(KEYS);
        assertThat(restarted.store.get("broken".getBytes(UTF_8))).isNull();
        restarted.tick(2, TICKS + 22, TICKS + 60);

        // Then
        assertThat(restarted.told()).containsExactly("silent k1");
        restarted.tick(0, TICKS + 60, TICKS + 61);
        assertThat(restarted.told()).containsExactly("resumed k0", "resumed k1");
        assertThat(restarted.counts.silent).isZero();
        restarted.streamSilences.close();
        assertThat(restarted.counts.watched).isZero();
    }
}
