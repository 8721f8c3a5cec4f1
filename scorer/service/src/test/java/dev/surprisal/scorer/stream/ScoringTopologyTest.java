package dev.surprisal.scorer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.surprisal.engine.Judge;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.event.DeadLetterHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a record. */
class ScoringTopologyTest {

    private static final int MAX_RECORD_BYTES = 100_000;
    private static final long MAX_DEAD_LETTER_BYTES = 1 << 20;
    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant TIME = Instant.parse("2026-03-01T10:00:00Z");
    private static final byte[] KEY = bytes("key");

    private ScoringModel model;
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> records;
    private TestOutputTopic<byte[], byte[]> scores;
    private TestOutputTopic<byte[], byte[]> anomalies;
    private TestOutputTopic<byte[], byte[]> deadLetters;

    @BeforeEach
    void start() {
        model = TinyModel.open();
        Pipeline pipeline = new Pipeline(
                "tiny",
                "parcels",
                Path.of("tiny.onnx"),
                null,
                Delivery.EXACTLY_ONCE,
                1,
                MAX_RECORD_BYTES,
                Map.of("bootstrap.servers", "none:1"));
        Properties properties = new Properties();
        properties.put("application.id", "test");
        properties.put("bootstrap.servers", "none:1");
        driver = new TopologyTestDriver(
                PipelineStreams.topology(
                        pipeline,
                        model,
                        new Judge(model.card(), model.card().alarmRate()),
                        new OutputLimits(1 << 20, MAX_DEAD_LETTER_BYTES)),
                properties);
        records = driver.createInputTopic("parcels", new ByteArraySerializer(), new ByteArraySerializer());
        scores = output("parcels.scores");
        anomalies = output("parcels.anomalies");
        deadLetters = output("parcels.dead-letters");
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
        model.close();
    }

    @Test
    void aUsualRecordGetsAScoreAndNoFlag() throws IOException {
        records.pipeInput(new TestRecord<>(KEY, bytes(TinyModel.usual(1)), new RecordHeaders(), TIME));

        TestRecord<byte[], byte[]> score = scores.readRecord();
        assertThat(score.key()).isEqualTo(KEY);
        assertThat(score.timestamp()).isEqualTo(TIME.toEpochMilli());
        JsonNode event = JSON.readTree(score.value());
        assertThat(event.get("topic").asText()).isEqualTo("parcels");
        assertThat(event.get("partition").asInt()).isZero();
        assertThat(event.get("offset").asLong()).isZero();
        assertThat(event.get("timestamp").asLong()).isEqualTo(TIME.toEpochMilli());
        assertThat(event.get("model_version").asText()).isEqualTo(model.card().version());
        assertThat(event.get("anomaly").asBoolean()).isFalse();
        assertThat(event.get("score").asDouble()).isEqualTo(-event.get("elbo").floatValue());
        assertThat(event.get("p_value").asDouble()).isBetween(0.0, 1.0);
        assertThat(anomalies.isEmpty()).isTrue();
        assertThat(deadLetters.isEmpty()).isTrue();
    }

    @Test
    void anImprobableRecordIsFlaggedWithTheFieldThatMadeItSo() throws IOException {
        records.pipeInput(KEY, bytes(TinyModel.unusual()));

        assertThat(JSON.readTree(scores.readValue()).get("anomaly").asBoolean()).isTrue();
        JsonNode flag = JSON.readTree(anomalies.readValue());
        JsonNode reason = flag.get("reasons").get(0);
        assertThat(reason.get("field").asText()).isEqualTo("amount");
        assertThat(reason.get("seen").asDouble()).isEqualTo(9000);
        assertThat(reason.get("high").asDouble()).isLessThan(9000);
        assertThat(reason.get("sentence").asText()).startsWith("amount 9000 where ");
        assertThat(flag.get("record")).isEqualTo(JSON.readTree(TinyModel.unusual()));
        assertThat(flag.get("alarm_rate").asDouble()).isEqualTo(0.01);
        assertThat(deadLetters.isEmpty()).isTrue();
    }

    @Test
    void aValueNeverSeenAMissingOptionalOneAndAnUnknownKeyAreScored() {
        records.pipeInput(KEY, bytes("{\"amount\":60,\"weight\":5,\"country\":\"XX\",\"express\":true}"));
        records.pipeInput(KEY, bytes("{\"amount\":60,\"weight\":null,\"country\":\"FR\",\"express\":true}"));
        records.pipeInput(KEY, bytes("{\"amount\":60,\"country\":\"FR\",\"express\":1,\"new\":{\"a\":[1,2]}}"));

        assertThat(scores.readRecordsToList()).hasSize(3);
        assertThat(deadLetters.isEmpty()).isTrue();
    }

    static Stream<Arguments> badRecords() {
        String deep = "[".repeat(10_000) + "]".repeat(10_000);
        return Stream.of(
                Arguments.of("no JSON", bytes("amount=5"), "parse", "not JSON"),
                Arguments.of("truncated", bytes("{\"amount\":60,\"wei"), "parse", "not JSON"),
                Arguments.of("empty", new byte[0], "parse", "empty"),
                Arguments.of("null", null, "parse", "no value"),
                Arguments.of("an array", bytes("[1,2]"), "parse", "not a JSON object"),
                Arguments.of("two objects", bytes("{\"amount\":1}{}"), "parse", "follows"),
                Arguments.of("NaN", bytes("{\"amount\":NaN}"), "parse", "not JSON"),
                Arguments.of("UTF-16", "{\"amount\":1}".getBytes(StandardCharsets.UTF_16), "parse", "UTF-8"),
                Arguments.of(
                        "invalid UTF-8", new byte[] {'{', '"', (byte) 0xC3, '"', ':', '1', '}'}, "parse", "not JSON"),
                Arguments.of("nested deeply", bytes("{\"x\":" + deep + "}"), "parse", "nesting depth"),
                Arguments.of(
                        "too large",
                        bytes("{\"x\":\"" + "y".repeat(MAX_RECORD_BYTES) + "\"}"),
                        "parse",
                        "max-record-bytes is 100000"),
                Arguments.of(
                        "a field is absent",
                        bytes("{\"amount\":60,\"weight\":5,\"express\":true}"),
                        "encode",
                        "'country' is absent"),
                Arguments.of("a required field is null", bytes("{\"amount\":null}"), "encode", "'amount' has no value"),
                Arguments.of("text in a number", bytes("{\"amount\":\"60\"}"), "encode", "'amount' holds text, '60'"),
                Arguments.of("beyond floats", bytes("{\"amount\":1e308}"), "encode", "beyond the range"),
                Arguments.of("beyond doubles", bytes("{\"amount\":1e999}"), "encode", "'amount'"),
                Arguments.of("an array in a number", bytes("{\"amount\":[60]}"), "encode", "holds an array"),
                Arguments.of("an object in a category", bytes("{\"country\":{\"a\":1}}"), "encode", "holds an object"),
                Arguments.of(
                        "neither true nor false", bytes("{\"express\":\"maybe\"}"), "encode", "neither true nor false"),
                Arguments.of("a key twice", bytes("{\"amount\":60,\"amount\":61}"), "encode", "twice"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badRecords")
    void aBadRecordBecomesOneDeadLetterWithItsBytesAndTheReason(String name, byte[] value, String step, String reason) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("trace", bytes("abc"));

        records.pipeInput(new TestRecord<>(KEY, value, headers, TIME));
        records.pipeInput(KEY, bytes(TinyModel.usual(1)));

        List<TestRecord<byte[], byte[]>> letters = deadLetters.readRecordsToList();
        assertThat(letters).hasSize(1);
        TestRecord<byte[], byte[]> letter = letters.get(0);
        assertThat(letter.key()).isEqualTo(KEY);
        assertThat(letter.value()).isEqualTo(value);
        assertThat(letter.timestamp()).isEqualTo(TIME.toEpochMilli());
        assertThat(text(letter.headers(), "trace")).isEqualTo("abc");
        assertThat(text(letter.headers(), DeadLetterHeaders.STEP)).isEqualTo(step);
        assertThat(text(letter.headers(), DeadLetterHeaders.REASON)).contains(reason);
        assertThat(text(letter.headers(), DeadLetterHeaders.TOPIC)).isEqualTo("parcels");
        assertThat(text(letter.headers(), DeadLetterHeaders.PARTITION)).isEqualTo("0");
        assertThat(text(letter.headers(), DeadLetterHeaders.OFFSET)).isEqualTo("0");
        assertThat(text(letter.headers(), DeadLetterHeaders.MODEL_VERSION))
                .isEqualTo(model.card().version());
        assertThat(scores.readRecordsToList()).as("the record after it").hasSize(1);
    }

    @Test
    void aDeadLetterThatItsTopicDoesNotTakeGoesWithoutItsValue() {
        byte[] huge = new byte[(int) MAX_DEAD_LETTER_BYTES];

        records.pipeInput(KEY, huge);

        TestRecord<byte[], byte[]> letter = deadLetters.readRecord();
        assertThat(letter.value()).isNull();
        assertThat(text(letter.headers(), DeadLetterHeaders.DROPPED_VALUE_BYTES))
                .isEqualTo("1048576");
    }

    private static String text(Headers headers, String key) {
        return new String(headers.lastHeader(key).value(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
