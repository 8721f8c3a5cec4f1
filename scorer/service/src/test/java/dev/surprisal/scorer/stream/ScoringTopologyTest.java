package dev.surprisal.scorer.stream;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.schemas.event.DeadLetterHeaders;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.mute.MuteRules;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScoringTopologyTest {

    private static final String USUAL = "{\"amount\": 50, \"age\": 30, \"country\": \"DE\"}";
    private static final String LARGE = "{\"amount\": 500, \"age\": 30, \"country\": \"DE\"}";
    private static final byte[] KEY = "card-1".getBytes(UTF_8);
    private static final Instant TIME = Instant.ofEpochMilli(1_700_000_000_000L);
    private static final int MEBIBYTE = 1 << 20;

    private final ObjectMapper json = new ObjectMapper();
    private TestedTopology tested;
    private TestInputTopic<byte[], byte[]> records;
    private TestOutputTopic<byte[], byte[]> scores;
    private TestOutputTopic<byte[], byte[]> anomalies;
    private TestOutputTopic<byte[], byte[]> deadLetters;
    private final List<RowSample> samples = new ArrayList<>();
    private StreamListener listener = StreamListener.NONE;

    @TempDir
    private Path folder;

    @BeforeEach
    void open() {
        open(new OutputLimits(2 * MEBIBYTE, 2 * MEBIBYTE, 32 * MEBIBYTE));
    }

    private void open(OutputLimits limits) {
        open(limits, TinyModel.write(folder.resolve("tiny.onnx")), Emission.ALL);
    }

    private void openWithFirstLook(Emission emission) {
        open(
                new OutputLimits(MEBIBYTE, MEBIBYTE, MEBIBYTE),
                TinyModel.writeWithFirstLook(folder.resolve("looking.onnx")),
                emission);
    }

    private void open(OutputLimits limits, Path model, Emission emission) {
        close();
        tested = new TestedTopology(
                TestedTopology.payments(model, null, emission, Watches.USUAL), limits, MuteRules.NONE, listener);
        tested.start(Instant.now());
        records = tested.records();
        scores = tested.output("payments.scores");
        anomalies = tested.output("payments.anomalies");
        deadLetters = tested.output("payments.dead-letters");
    }

    @AfterEach
    void close() {
        if (tested != null) {
            tested.close();
        }
    }

    @Test
    void usualRecordGetsAScoreUnderItsKeyAndTimestamp() throws IOException {
        // When
        send(USUAL.getBytes(UTF_8));

        // Then
        TestRecord<byte[], byte[]> record = scores.readRecord();
        assertThat(record.key()).isEqualTo(KEY);
        assertThat(record.getRecordTime()).isEqualTo(TIME);
        JsonNode score = json.readTree(record.value());
        assertThat(score.get("topic").asText()).isEqualTo("payments");
        assertThat(score.get("partition").asInt()).isZero();
        assertThat(score.get("offset").asLong()).isZero();
        assertThat(score.get("timestamp").asLong()).isEqualTo(TIME.toEpochMilli());
        assertThat(score.get("model").asText()).isEqualTo(TinyModel.NAME);
        assertThat(score.get("model_version").asText()).isEqualTo(TinyModel.VERSION);
        assertThat(score.get("score").asDouble()).isEqualTo(0.125);
        assertThat(score.get("anomaly").asBoolean()).isFalse();
        assertThat(score.get("elbo").asDouble()).isEqualTo(-0.125);
        assertThat(score.get("log_likelihood").asDouble()).isEqualTo(0.125);
        assertThat(score.get("reconstruction_log_probability").asDouble()).isEqualTo(0.375);
        assertThat(anomalies.isEmpty()).isTrue();
        assertThat(deadLetters.isEmpty()).isTrue();
    }

    @Test
    void oneRowOfTenIsShownToWhoLooksForDriftWithPValuesOfOneKind() {
        // Given
        listener = new GuardedListener(new StreamListener() {
            @Override
            public void scored(ScoredBatch batch) {
                samples.add(batch.sample());
                if (samples.size() == 1) {
                    throw new IllegalStateException("whoever looks on does not hold up records");
                }
            }
        });
        openWithFirstLook(Emission.ALL);

        // When
        for (int i = 0; i < 400; i++) {
            send((i % 2 == 0 ? USUAL : LARGE).getBytes(UTF_8));
        }
        send("not JSON".getBytes(UTF_8));

        // Then
        assertThat(scores.getQueueSize()).isEqualTo(400);
        assertThat(samples).hasSize(401).allMatch(RowSample::firstLooks);
        assertThat(samples.stream().mapToInt(RowSample::records).sum()).isEqualTo(400);
        List<RowSample> drawn =
                samples.stream().filter(sample -> sample.size() > 0).toList();
        assertThat(drawn).hasSize(40).allMatch(sample -> sample.size() == 1);
        for (RowSample sample : drawn) {
            boolean large = sample.numbers()[0] == 500;
            assertThat(sample.numbers()).containsExactly(large ? 500 : 50, 30);
            assertThat(sample.categories()).containsExactly(1);
            assertThat(sample.pValues()[0]).isBetween(large ? 0 : 0.9, large ? 0.001 : 1);
        }
        listener = StreamListener.NONE;
    }

    @Test
    void recordFarFromTheAlarmLineGetsTheScoreOfAFirstLook() throws IOException {
        // Given
        openWithFirstLook(Emission.ALL);

        // When
        send(USUAL.getBytes(UTF_8));
        send(LARGE.getBytes(UTF_8));

        // Then
        JsonNode first = json.readTree(scores.readValue());
        assertThat(first.get("look").asText()).isEqualTo("first");
        assertThat(first.get("score").asDouble()).isEqualTo(-0.125);
        assertThat(first.get("anomaly").asBoolean()).isFalse();
        assertThat(first.get("p_value").asDouble()).isBetween(0.98, 0.99);
        assertThat(first.get("elbo").isNull()).isTrue();
        assertThat(first.get("log_likelihood").isNull()).isTrue();
        assertThat(first.get("reconstruction_log_probability").isNull()).isTrue();
        JsonNode full = json.readTree(scores.readValue());
        assertThat(full.get("look").asText()).isEqualTo("full");
        assertThat(full.get("elbo").asDouble()).isEqualTo(-full.get("score").asDouble());
        assertThat(anomalies.getQueueSize()).isOne();
    }

    @Test
    void recordWhoseFirstLookIsNoNumberIsADeadLetter() {
        openWithFirstLook(Emission.ALL);
        send("{\"amount\": 1e38, \"country\": \"DE\"}".getBytes(UTF_8));
        send(USUAL.getBytes(UTF_8));
        assertThat(header(deadLetters.readRecord(), DeadLetterHeaders.STEP)).isEqualTo("score");
        assertThat(scores.getQueueSize()).isOne();
    }

    @Test
    void onRequestEveryRecordIsScoredInFull() throws IOException {
        openWithFirstLook(new Emission(1, true));
        send(USUAL.getBytes(UTF_8));
        JsonNode score = json.readTree(scores.readValue());
        assertThat(score.get("look").asText()).isEqualTo("full");
        assertThat(score.get("elbo").asDouble()).isEqualTo(-0.125);
    }

    @ParameterizedTest
    @CsvSource({"all, 30", "1/10, 3", "none, 0"})
    void scoresArePublishedOfAsManyRecordsAsAreAskedFor(String which, int published) {
        openWithFirstLook(Emission.of(which, false));
        for (int i = 0; i < 10; i++) {
            send(USUAL.getBytes(UTF_8));
            send(LARGE.getBytes(UTF_8));
            send("{\"amount\": 51, \"country\": \"DE\"}".getBytes(UTF_8));
        }
        send("x".getBytes(UTF_8));
        assertThat(scores.getQueueSize()).isEqualTo(published);
        assertThat(anomalies.getQueueSize()).isEqualTo(10);
        assertThat(deadLetters.getQueueSize()).isOne();
    }

    @Test
    void improbableRecordIsFlaggedWithReasonsToo() throws IOException {
        // When
        send(LARGE.getBytes(UTF_8));

        // Then
        JsonNode score = json.readTree(scores.readValue());
        assertThat(score.get("anomaly").asBoolean()).isTrue();
        TestRecord<byte[], byte[]> record = anomalies.readRecord();
        assertThat(record.key()).isEqualTo(KEY);
        assertThat(record.getRecordTime()).isEqualTo(TIME);
        JsonNode anomaly = json.readTree(record.value());
        assertThat(anomaly.get("score")).isEqualTo(score.get("score"));
        assertThat(anomaly.get("p_value").asDouble()).isCloseTo(1e-4, within(1e-12));
        assertThat(anomaly.get("alarm_rate").asDouble()).isEqualTo(0.001);
        assertThat(anomaly.get("record")).isEqualTo(json.readTree(LARGE));
        JsonNode reason = anomaly.get("reasons").get(0);
        assertThat(reason.get("field").asText()).isEqualTo("amount");
        assertThat(reason.get("seen").asDouble()).isEqualTo(500);
        assertThat(reason.get("expected").asDouble()).isEqualTo(50);
        assertThat(reason.get("low").asDouble()).isCloseTo(30.4, within(0.01));
        assertThat(reason.get("sentence").asText()).contains("amount 500 is 10 times the expected 50");
        assertThat(deadLetters.isEmpty()).isTrue();
    }

    @Test
    void anomalyOfARecordWithAByteOrderMarkIsJson() throws IOException {
        send(("\uFEFF" + LARGE).getBytes(UTF_8));
        assertThat(json.readTree(anomalies.readValue()).get("record")).isEqualTo(json.readTree(LARGE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void unusualButGoodRecordsAreScored(String what, String record, double score) throws IOException {
        send(record.getBytes(UTF_8));
        assertThat(json.readTree(scores.readValue()).get("score").asDouble()).isCloseTo(score, within(1e-6));
        assertThat(deadLetters.isEmpty()).isTrue();
    }

    static Stream<Arguments> unusualButGoodRecordsAreScored() {
        String rest = ", \"age\": 30, \"country\": \"DE\"}";
        return Stream.of(
                Arguments.of("a category never seen", "{\"amount\": 50, \"age\": 30, \"country\": \"XX\"}", 8),
                Arguments.of("an optional field is absent", "{\"amount\": 50, \"country\": \"DE\"}", 0.125),
                Arguments.of(
                        "an optional field is null", "{\"age\": null, \"amount\": 50, \"country\": \"DE\"}", 0.125),
                Arguments.of("fields that the spec does not know", "{\"new\": [{}], \"amount\": 50" + rest, 0.125),
                Arguments.of("an ignored field of any shape", "{\"note\": {\"a\": []}, \"amount\": 50" + rest, 0.125));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void badRecordBecomesOneDeadLetterWithItsBytes(String what, byte[] value, String step, String reason) {
        // When
        send(value);

        // Then
        assertThat(scores.isEmpty()).isTrue();
        assertThat(anomalies.isEmpty()).isTrue();
        TestRecord<byte[], byte[]> letter = deadLetters.readRecord();
        assertThat(deadLetters.isEmpty()).isTrue();
        assertThat(letter.key()).isEqualTo(KEY);
        assertThat(letter.value()).isEqualTo(value);
        assertThat(letter.getRecordTime()).isEqualTo(TIME);
        assertThat(header(letter, DeadLetterHeaders.STEP)).isEqualTo(step);
        assertThat(header(letter, DeadLetterHeaders.REASON)).contains(reason).hasSizeLessThan(300);
        assertThat(header(letter, DeadLetterHeaders.EXCEPTION)).isNotBlank();
        assertThat(header(letter, DeadLetterHeaders.TOPIC)).isEqualTo("payments");
        assertThat(header(letter, DeadLetterHeaders.PARTITION)).isEqualTo("0");
        assertThat(header(letter, DeadLetterHeaders.OFFSET)).isEqualTo("0");
        assertThat(header(letter, DeadLetterHeaders.TIMESTAMP)).isEqualTo(Long.toString(TIME.toEpochMilli()));
        assertThat(header(letter, DeadLetterHeaders.MODEL_VERSION)).isEqualTo(TinyModel.VERSION);
        assertThat(header(letter, "trace")).isEqualTo("abc");

        // And the stream goes on
        send(USUAL.getBytes(UTF_8));
        assertThat(scores.getQueueSize()).isOne();
    }

    static Stream<Arguments> badRecordBecomesOneDeadLetterWithItsBytes() {
        byte[] invalid = USUAL.getBytes(UTF_8);
        invalid[USUAL.indexOf("DE")] = (byte) 0xFF;
        byte[] zeros = new byte[10 * MEBIBYTE];
        byte[] huge = ("{\"note\": \"" + "x".repeat(10 * MEBIBYTE) + "\"," + USUAL.substring(1)).getBytes(UTF_8);
        String rest = ", \"age\": 30, \"country\": \"DE\"}";
        return Stream.of(
                bad("no value", null, "parse", "no value"),
                bad("an empty value", "", "parse", "empty"),
                bad("blanks", "   ", "parse", ""),
                bad("not JSON", "hello", "parse", "not JSON"),
                bad("truncated", USUAL.substring(0, USUAL.length() - 1), "parse", "not JSON"),
                bad("an array", "[1, 2]", "parse", "not a JSON object"),
                bad("something after it", USUAL + " x", "parse", ""),
                bad("two objects", USUAL + USUAL, "parse", "something follows"),
                bad("the token NaN", "{\"amount\": NaN" + rest, "parse", "not JSON"),
                bad("nested deeply", "{\"note\": " + "[".repeat(10_000) + "]".repeat(10_000) + "}", "parse", "depth"),
                bad("a number of 10,000 digits", "{\"amount\": 1" + "0".repeat(10_000) + rest, "parse", ""),
                Arguments.of("invalid UTF-8", invalid, "parse", "UTF-8"),
                Arguments.of("UTF-16 with a mark", USUAL.getBytes(UTF_16), "parse", "UTF-8"),
                Arguments.of("UTF-16, big-endian", USUAL.getBytes(UTF_16BE), "parse", "UTF-8"),
                Arguments.of("UTF-16, little-endian", USUAL.getBytes(UTF_16LE), "parse", "UTF-8"),
                Arguments.of("10 MB of JSON", huge, "parse", "max-record-bytes is 1048576"),
                Arguments.of("10 MB of zeros", zeros, "parse", "max-record-bytes is 1048576"),
                bad("a field is absent", "{\"age\": 30, \"country\": \"DE\"}", "encode", "'amount' is absent"),
                bad("no field", "{}", "encode", "is absent"),
                bad("null in a required field", "{\"amount\": null" + rest, "encode", "'amount' has no value"),
                bad("text in a number", "{\"amount\": \"50\"" + rest, "encode", "'amount' holds text"),
                bad("NaN as text", "{\"amount\": \"NaN\"" + rest, "encode", "'amount' holds text"),
                bad("1e308", "{\"amount\": 1e308" + rest, "encode", "beyond the range"),
                bad("1e999", "{\"amount\": 1e999" + rest, "encode", "beyond the range"),
                bad("an array in a number", "{\"amount\": [50]" + rest, "encode", "'amount' holds an array"),
                bad("an object in a number", "{\"amount\": {\"a\": 1}" + rest, "encode", "'amount' holds an object"),
                bad("true in a number", "{\"amount\": true" + rest, "encode", "'amount' holds true"),
                bad("a key twice", "{\"amount\": 50, \"amount\": 51" + rest, "encode", "stands twice"),
                bad("a score beyond all bounds", "{\"amount\": 1e38" + rest, "score", "-Infinity"));
    }

    private static Arguments bad(String what, String value, String step, String reason) {
        return Arguments.of(what, value == null ? null : value.getBytes(UTF_8), step, reason);
    }

    @Test
    void everyRecordEndsAsOneScoreOrOneDeadLetter() {
        for (int i = 0; i < 1_000; i++) {
            send((i % 7 == 0 ? "x" : USUAL).getBytes(UTF_8));
        }
        assertThat(deadLetters.getQueueSize()).isEqualTo(143);
        assertThat(scores.getQueueSize()).isEqualTo(857);
    }

    @Test
    void deadLetterThatItsTopicDoesNotTakeGoesWithoutItsValue() {
        // Given
        open(new OutputLimits(2 * MEBIBYTE, 2 * MEBIBYTE, MEBIBYTE));

        // When
        send(new byte[2 * MEBIBYTE]);

        // Then
        TestRecord<byte[], byte[]> letter = deadLetters.readRecord();
        assertThat(letter.key()).isEqualTo(KEY);
        assertThat(letter.value()).isNull();
        assertThat(header(letter, DeadLetterHeaders.DROPPED_VALUE_BYTES)).isEqualTo("2097152");
        assertThat(header(letter, DeadLetterHeaders.STEP)).isEqualTo("parse");
        assertThat(header(letter, "trace")).isEqualTo("abc");
    }

    @Test
    void recordWhoseKeyNoTopicTakesBecomesADeadLetterWithoutIt() {
        // Given
        open(new OutputLimits(MEBIBYTE, MEBIBYTE, MEBIBYTE));

        // When
        records.pipeInput(new TestRecord<>(new byte[2 * MEBIBYTE], USUAL.getBytes(UTF_8), new RecordHeaders(), TIME));

        // Then
        assertThat(scores.isEmpty()).isTrue();
        TestRecord<byte[], byte[]> letter = deadLetters.readRecord();
        assertThat(letter.key()).isNull();
        assertThat(header(letter, DeadLetterHeaders.REASON)).contains("key has 2097152 bytes");
        assertThat(header(letter, DeadLetterHeaders.OFFSET)).isEqualTo("0");
    }

    @Test
    void anomalyThatItsTopicDoesNotTakeGoesWithoutTheRecord() throws IOException {
        // Given
        open(new OutputLimits(MEBIBYTE, 4_096, MEBIBYTE));

        // When
        send(("{\"note\": \"" + "x".repeat(5_000) + "\"," + LARGE.substring(1)).getBytes(UTF_8));

        // Then
        JsonNode anomaly = json.readTree(anomalies.readValue());
        assertThat(anomaly.get("record").isNull()).isTrue();
        assertThat(anomaly.get("reasons")).isNotEmpty();
        assertThat(scores.getQueueSize()).isOne();
    }

    @Test
    void deadLetterThatCameAgainSaysWhyItFailedThisTime() {
        // Given
        Headers earlier = new RecordHeaders();
        earlier.add(DeadLetterHeaders.REASON, "an old reason".getBytes(UTF_8));

        // When
        records.pipeInput(new TestRecord<>(KEY, "x".getBytes(UTF_8), earlier, TIME));

        // Then
        Headers headers = deadLetters.readRecord().headers();
        assertThat(headers.headers(DeadLetterHeaders.REASON)).hasSize(1);
        assertThat(new String(headers.lastHeader(DeadLetterHeaders.REASON).value(), UTF_8))
                .contains("not JSON");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRecordIsScoredWithTheSameBitsInAnyPoll(boolean full) {
        // Given
        openWithFirstLook(Emission.ALL);
        List<byte[]> values = Stream.iterate(0, i -> i < 3_000, i -> i + 1)
                .map(i -> i % 11 == 0
                        ? "x"
                        : "{\"amount\": " + i % 400 / 3.0 + ", \"age\": " + i % 90 + ", \"country\": \"FR\"}")
                .map(text -> text.getBytes(UTF_8))
                .toList();
        try (CurrentScorer together = new CurrentScorer(tested.models(), MEBIBYTE, full);
                CurrentScorer alone = new CurrentScorer(tested.models(), MEBIBYTE, full)) {
            List<ScoredRecord> expected = values.stream().map(alone::score).toList();
            for (int size : new int[] {2, 3, 64, 1_000, 3_000}) {
                // When
                List<ScoredRecord> outcomes = new ArrayList<>();
                for (int from = 0; from < values.size(); from += size) {
                    outcomes.addAll(together.score(values.subList(from, Math.min(values.size(), from + size))));
                }

                // Then
                assertThat(outcomes).as("polls of %d", size).isEqualTo(expected);
            }
        }
    }

    @Test
    void recordThatCarriesTheKeyOfAnOutcomeIsScoredAllTheSame() {
        Headers headers = new RecordHeaders();
        headers.add("surprisal.outcome", new byte[0]);
        records.pipeInput(new TestRecord<>(KEY, USUAL.getBytes(UTF_8), headers, TIME));
        assertThat(scores.getQueueSize()).isOne();
    }

    private void send(byte[] value) {
        Headers headers = new RecordHeaders();
        headers.add("trace", "abc".getBytes(UTF_8));
        records.pipeInput(new TestRecord<>(KEY, value, headers, TIME));
    }

    private static String header(TestRecord<byte[], byte[]> record, String key) {
        return Arrays.stream(record.headers().toArray())
                .filter(header -> header.key().equals(key))
                .map(header -> new String(header.value(), UTF_8))
                .findFirst()
                .orElse(null);
    }
}
