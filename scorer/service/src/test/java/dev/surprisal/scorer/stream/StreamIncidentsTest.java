package dev.surprisal.scorer.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.schemas.event.EventJson;
import dev.surprisal.schemas.event.IncidentEvent;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.format.EventFormat;
import dev.surprisal.scorer.incident.Cause;
import dev.surprisal.scorer.incident.FlaggedRecord;
import dev.surprisal.scorer.incident.IncidentGap;
import dev.surprisal.scorer.mute.MuteRule;
import dev.surprisal.scorer.mute.MuteRules;
import dev.surprisal.scorer.mute.TestRules;
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

/** Incidents as a consumer of their topic sees them. */
class StreamIncidentsTest {

    private static final String HIGH = "{\"amount\": 500, \"age\": 30, \"country\": \"DE\"}";
    private static final String OLD = "{\"amount\": 50, \"age\": 300, \"country\": \"DE\"}";
    private static final String USUAL = "{\"amount\": 50, \"age\": 30, \"country\": \"DE\"}";
    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
    private static final Duration GAP = Duration.ofMinutes(10);

    private final ObjectMapper json = new ObjectMapper();
    private final MuteRules rules = new MuteRules();
    private final Counts counts = new Counts();
    private TestedTopology tested;
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> records;
    private TestOutputTopic<byte[], byte[]> scores;
    private TestOutputTopic<byte[], byte[]> anomalies;
    private TestOutputTopic<byte[], byte[]> incidents;

    @TempDir
    private Path folder;

    private static final class Counts implements StreamListener {
        private final Map<String, Integer> events = new TreeMap<>();
        private int muted;
        private int flagged;
        private int open;

        @Override
        public void incident(String event) {
            events.merge(event, 1, Integer::sum);
        }

        @Override
        public void muted() {
            muted++;
        }

        @Override
        public void flagged() {
            flagged++;
        }

        @Override
        public void incidentsOpen(int more) {
            open += more;
        }
    }

    @BeforeEach
    void open() {
        tested = tested(new IncidentGap(GAP));
        driver = tested.start(NOON.plus(Duration.ofDays(1)));
        records = tested.records();
        scores = tested.output("payments.scores");
        anomalies = tested.output("payments.anomalies");
        incidents = tested.output("payments.incidents");
    }

    private TestedTopology tested(IncidentGap gap) {
        return new TestedTopology(
                TestedTopology.payments(
                        TinyModel.write(folder.resolve("tiny.onnx")),
                        null,
                        Emission.ALL,
                        new Watches(gap, DriftOptions.USUAL, SilenceRate.USUAL)),
                TestedTopology.LIMITS,
                rules,
                counts);
    }

    @AfterEach
    void close() {
        tested.close();
    }

    private void send(String key, String record, Duration afterNoon) {
        records.pipeInput(key == null ? null : key.getBytes(UTF_8), record.getBytes(UTF_8), NOON.plus(afterNoon));
    }

    private List<JsonNode> told() throws IOException {
        List<JsonNode> told = new ArrayList<>();
        for (TestRecord<byte[], byte[]> record : incidents.readRecordsToList()) {
            JsonNode event = json.readTree(record.value());
            assertThat(new String(record.key(), UTF_8))
                    .isEqualTo(event.get("id").asText());
            told.add(event);
        }
        return told;
    }

    private static List<String> lines(List<JsonNode> told) {
        return told.stream()
                .map(event -> event.get("event").asText() + " "
                        + event.get("key").asText() + " " + event.get("field").asText() + " " + event.get("count"))
                .toList();
    }

    @Test
    void flagsOfOneKeyAreOneIncidentThatIsClosedByTheTimeOfOtherRecords() throws IOException {
        // When
        send("c1", HIGH, Duration.ZERO);
        for (int second = 1; second <= 10; second++) {
            send("c1", HIGH, Duration.ofSeconds(second));
            send("c1", USUAL, Duration.ofSeconds(second));
        }
        send("c2", USUAL, GAP.plusSeconds(10));
        List<JsonNode> before = told();
        send("c2", USUAL, GAP.plusSeconds(11));

        // Then
        assertThat(lines(before))
                .containsExactly(
                        "opened c1 amount 1", "updated c1 amount 2", "updated c1 amount 4", "updated c1 amount 8");
        JsonNode opened = before.get(0);
        assertThat(opened.get("id").asText()).isEqualTo("payments-0-0");
        assertThat(opened.get("direction").asText()).isEqualTo("above");
        assertThat(opened.get("start").asLong()).isEqualTo(NOON.toEpochMilli());
        assertThat(opened.get("peak_surprise").asDouble()).isBetween(13.2, 13.3);
        assertThat(opened.get("sentence").asText()).contains("amount 500 is 10 times the expected 50");
        assertThat(opened.get("fields")).hasSize(1);
        List<JsonNode> after = told();
        assertThat(lines(after)).containsExactly("closed c1 amount 11");
        assertThat(after.get(0).get("last").asLong())
                .isEqualTo(NOON.plusSeconds(10).toEpochMilli());
        assertThat(after.get(0).get("why").asText()).isEqualTo("quiet");
        assertThat(counts.events).isEqualTo(Map.of("opened", 1, "updated", 3, "closed", 1));
        assertThat(counts.open).isZero();
        assertThat(driver.getKeyValueStore(StreamIncidents.STORE).all().hasNext())
                .isFalse();
    }

    @Test
    void aSecondAnomalySoonAfterTheFirstIsToldApart() throws IOException {
        send("c1", HIGH, Duration.ZERO);
        send("c1", HIGH, Duration.ofSeconds(1));
        send("c1", OLD, Duration.ofSeconds(2));
        send("c1", HIGH, Duration.ofSeconds(3));
        send("c1", HIGH, Duration.ofSeconds(4));
        assertThat(lines(told()))
                .containsExactly("opened c1 amount 1", "updated c1 amount 2", "opened c1 age 1", "updated c1 amount 4");
        assertThat(counts.open).isEqualTo(2);
    }

    @Test
    void onAQuietTopicTheClockCloses() throws IOException {
        send("c1", HIGH, Duration.ZERO);
        driver.advanceWallClockTime(GAP);
        assertThat(lines(told())).containsExactly("opened c1 amount 1");
        driver.advanceWallClockTime(Duration.ofSeconds(2));
        assertThat(lines(told())).containsExactly("closed c1 amount 1");
        send("c1", HIGH, Duration.ofMinutes(11));
        assertThat(lines(told())).containsExactly("opened c1 amount 1");
    }

    @Test
    void whileRecordsComeTheClockClosesNothing() throws IOException {
        send("c1", HIGH, Duration.ZERO);
        for (int i = 0; i < 10; i++) {
            driver.advanceWallClockTime(GAP.minusMinutes(1));
            send("c2", USUAL, Duration.ofSeconds(i));
        }
        assertThat(lines(told())).containsExactly("opened c1 amount 1");
    }

    @Test
    void aRecordOfTheFutureClosesNothing() throws IOException {
        send("c1", HIGH, Duration.ofDays(1));
        send("c2", USUAL, Duration.ofDays(900));
        send("c1", HIGH, Duration.ofDays(1).plusSeconds(1));
        assertThat(lines(told())).containsExactly("opened c1 amount 1", "updated c1 amount 2");
    }

    @Test
    void flagsWithoutAKeyBelongTogetherByPartition() throws IOException {
        send(null, HIGH, Duration.ZERO);
        send(null, HIGH, Duration.ofSeconds(1));
        send("", HIGH, Duration.ofSeconds(1));
        List<JsonNode> told = told();
        assertThat(told).hasSize(3);
        assertThat(told.get(1).get("key").isNull()).isTrue();
        assertThat(told.get(1).get("count").asInt()).isEqualTo(2);
        assertThat(told.get(2).get("key").asText()).isEmpty();
    }

    @Test
    void longAndBinaryKeysAreToldApartAndShownShort() throws IOException {
        String lengthy = "k".repeat(900_000);
        send(lengthy + "1", HIGH, Duration.ZERO);
        send(lengthy + "2", HIGH, Duration.ZERO);
        records.pipeInput(new byte[] {(byte) 0xff, 1}, HIGH.getBytes(UTF_8), NOON);
        List<JsonNode> told = told();
        assertThat(told).hasSize(3).allMatch(event -> event.toString().length() < 2_000);
        assertThat(told.get(2).get("key").asText()).isEqualTo("0xff01");
    }

    @Test
    void mutedFlagsAreMarkedAndCountedAndKeepTheirScores() throws IOException {
        // Given
        send("c1", HIGH, Duration.ZERO);
        told();
        long now = NOON.plus(Duration.ofDays(1)).toEpochMilli();
        TestRules.put(
                rules, new MuteRule("r1", "amount", "above", null, null, null, null, false, now, now + 60_000, null));

        // When
        send("c1", HIGH, Duration.ofSeconds(1));
        send("c2", HIGH, Duration.ofSeconds(2));
        send("c1", OLD, Duration.ofSeconds(3));

        // Then
        assertThat(lines(told())).containsExactly("opened c1 age 1");
        List<String> mutedBy = new ArrayList<>();
        for (byte[] anomaly : anomalies.readValuesToList()) {
            mutedBy.add(json.readTree(anomaly).get("muted").asText(null));
        }
        assertThat(mutedBy).containsExactly(null, "r1", "r1", null);
        assertThat(scores.readValuesToList()).hasSize(4);
        assertThat(counts.muted).isEqualTo(2);
        assertThat(counts.flagged).isEqualTo(4);

        // And when it has expired
        driver.advanceWallClockTime(Duration.ofSeconds(60));
        send("c2", HIGH, Duration.ofSeconds(4));
        assertThat(lines(told())).containsExactly("opened c2 amount 1");
        assertThat(counts.muted).isEqualTo(2);

        // And the incident of before has counted what was muted
        send("c3", USUAL, GAP.plusSeconds(1));
        List<JsonNode> closed = told();
        assertThat(lines(closed)).containsExactly("closed c1 amount 1");
        assertThat(closed.get(0).get("muted").asInt()).isOne();
    }

    @Test
    void aRuleThatMatchesEverythingMutesIncidentsOnly() throws IOException {
        long now = NOON.plus(Duration.ofDays(1)).toEpochMilli();
        TestRules.put(rules, new MuteRule("all", null, null, null, null, null, null, true, now, now + 60_000, null));
        for (int i = 0; i < 20; i++) {
            send("c" + i, i % 2 == 0 ? HIGH : OLD, Duration.ofSeconds(i));
        }
        assertThat(told()).isEmpty();
        assertThat(scores.readValuesToList()).hasSize(20);
        assertThat(anomalies.readValuesToList()).hasSize(20);
        assertThat(counts.muted).isEqualTo(20);
        TestRules.remove(rules, "all");
        send("c1", HIGH, Duration.ofSeconds(30));
        assertThat(told()).hasSize(1);
    }

    @Test
    void switchedOffThereIsNoStoreAndNoTopic() {
        String described;
        try (TestedTopology off = tested(IncidentGap.OFF)) {
            described = off.description();
        }
        assertThat(described).doesNotContain("incidents");
        assertThat(described).contains("payments.anomalies");
    }

    private static FlaggedRecord high(String key, long offset) {
        return new FlaggedRecord(
                "payments",
                0,
                offset,
                NOON.toEpochMilli(),
                key,
                key,
                13,
                List.of(new Cause("amount", "above")),
                "why",
                "v");
    }

    private static StreamOutputs.Output<IncidentEvent> output() {
        return new StreamOutputs.Output<>(
                new EventJson<>(IncidentEvent.getClassSchema()),
                new CloudEventHeaders("incident", "payments.incidents", EventFormat.JSON));
    }

    @Test
    void begunAgainItGoesOnWithWhatTheStoreHas() {
        // Given
        MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
        context.setCurrentSystemTimeMs(NOON.toEpochMilli());
        KeyValueStore<String, byte[]> store = StreamIncidents.store()
                .withLoggingDisabled()
                .withCachingDisabled()
                .build();
        store.init(context.getStateStoreContext(), store);
        StreamIncidents first = new StreamIncidents(new IncidentGap(GAP), rules, counts, output());
        first.open(context);
        first.arrive(NOON.toEpochMilli());
        first.add(high("c1", 1), null);
        assertThat(counts.open).isOne();
        first.close();
        assertThat(counts.open).isZero();
        store.put("broken", new byte[] {1});

        // When
        StreamIncidents second = new StreamIncidents(new IncidentGap(GAP), rules, counts, output());
        second.open(context);
        assertThat(counts.open).isOne();
        second.add(high("c1", 2), null);

        // Then
        assertThat(counts.events).isEqualTo(Map.of("opened", 1, "updated", 1));
        assertThat(store.get("broken")).isNull();
        context.scheduledPunctuators()
                .get(1)
                .getPunctuator()
                .punctuate(NOON.plus(GAP).toEpochMilli() + 1);
        assertThat(counts.events).containsEntry("closed", 1);
        assertThat(store.all().hasNext()).isFalse();
    }
}
