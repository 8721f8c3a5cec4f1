package dev.surprisal.scorer.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.mute.MuteRules;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamAlarmsTest {

    /** Its p-value is the smallest that there is, 1/10000. */
    private static final String LARGE = "{\"amount\": 500, \"age\": 30, \"country\": \"DE\"}";

    private static final String USUAL = "{\"amount\": 50, \"age\": 30, \"country\": \"DE\"}";

    private final ObjectMapper json = new ObjectMapper();
    private TestedTopology tested;
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> records;
    private TestOutputTopic<byte[], byte[]> scores;
    private TestOutputTopic<byte[], byte[]> anomalies;

    @TempDir
    private Path folder;

    private void open(String rule) {
        tested = new TestedTopology(
                TestedTopology.payments(
                        TinyModel.write(folder.resolve("tiny.onnx")),
                        AlarmRule.parse(rule),
                        Emission.ALL,
                        Watches.USUAL),
                TestedTopology.LIMITS,
                MuteRules.NONE,
                StreamListener.NONE);
        driver = tested.start(Instant.now());
        records = tested.records();
        scores = tested.output("payments.scores");
        anomalies = tested.output("payments.anomalies");
    }

    @AfterEach
    void close() {
        tested.close();
    }

    private JsonNode send(String record, long millis) throws IOException {
        records.pipeInput(null, record.getBytes(UTF_8), Instant.ofEpochMilli(millis));
        return json.readTree(scores.readValue());
    }

    @Test
    void aThresholdFlagsByTheScoreAlone() throws IOException {
        open("900 nats");
        assertThat(send(LARGE, 0).get("anomaly").asBoolean()).isTrue();
        assertThat(send(USUAL, 0).get("anomaly").asBoolean()).isFalse();
        assertThat(anomalies.readValuesToList()).hasSize(1);
    }

    @Test
    void anotherRuleCountsFromTheNextRecordOn() throws IOException {
        open("1/100");
        assertThat(send(LARGE, 0).get("anomaly").asBoolean()).isTrue();

        tested.models().flagBy(AlarmRule.parse("1/20000"));
        assertThat(send(LARGE, 0).get("anomaly").asBoolean()).isFalse();

        tested.models().flagBy(AlarmRule.parse("1/500"));
        assertThat(send(LARGE, 0).get("anomaly").asBoolean()).isTrue();
        anomalies.readValue();
        assertThat(json.readTree(anomalies.readValue()).get("alarm_rate").asDouble())
                .isEqualTo(1.0 / 500);
    }

    @Test
    void aBudgetFlagsOnceItsRateIsReached() throws IOException {
        open("0.05 an hour");
        for (int i = 0; i < 900; i++) {
            assertThat(send(LARGE, 60_000L * i / 15).get("anomaly").asBoolean())
                    .as("record %d", i)
                    .isFalse();
        }
        for (int minute = 60; minute < 700; minute += 60) {
            send(USUAL, 60_000L * minute);
        }
        assertThat(send(LARGE, 60_000L * 700).get("anomaly").asBoolean()).isTrue();
        assertThat(json.readTree(anomalies.readValue()).get("alarm_rate").asDouble())
                .isBetween(0.001, 0.01);
    }

    @Test
    void theDiscoveryRateRemembersInTheStore() throws IOException {
        open("fdr 90%");
        // At 1/10000 a record is not flagged by the level that a stream begins with, 0.9/10000.
        assertThat(send(LARGE, 0).get("anomaly").asBoolean()).isFalse();
        KeyValueStore<String, byte[]> store = driver.getKeyValueStore(StreamAlarms.STORE);
        assertThat(store.get("memory")).isNotNull();
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        byte[] before = store.get("memory");

        tested.models().serve(ScoringModel.open(TinyModel.write(folder.resolve("other.onnx"), 100_000)));
        assertThat(send(LARGE, 0).get("anomaly").asBoolean()).isTrue();
        assertThat(store.get("memory")).hasSameSizeAs(before).isNotEqualTo(before);
        assertThat(json.readTree(anomalies.readValue()).get("alarm_rate").asDouble())
                .isLessThan(0.001);
    }
}
