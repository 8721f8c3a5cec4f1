package dev.surprisal.scorer.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.model.ModelSwitch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreAtPollTest {

    private static final TopicPartition PARTITION = new TopicPartition("payments", 0);

    @TempDir
    private Path folder;

    @Test
    void sendsEveryRecordOnWithItsOutcomeAndThePositionsWithThem() {
        // Given
        try (ModelSwitch models = new ModelSwitch(null);
                ScoreAtPoll interceptor = new ScoreAtPoll()) {
            models.serve(ScoringModel.open(TinyModel.write(folder.resolve("tiny.onnx"))));
            List<ScoredBatch> told = new ArrayList<>();
            StreamListener listener = new StreamListener() {
                @Override
                public void scored(ScoredBatch batch) {
                    told.add(batch);
                }
            };
            Supplier<CurrentScorer> scorers = () -> new CurrentScorer(models, 1_000, false);
            interceptor.configure(Map.of(ScoreAtPoll.SCORER, scorers, ScoreAtPoll.LISTENER, listener));
            ConsumerRecord<byte[], byte[]> good = record(0, "{\"amount\": 50, \"country\": \"DE\"}");
            ConsumerRecord<byte[], byte[]> bad = record(1, "x");
            Map<TopicPartition, OffsetAndMetadata> next = Map.of(PARTITION, new OffsetAndMetadata(3));

            // When
            ConsumerRecords<byte[], byte[]> polled =
                    interceptor.onConsume(new ConsumerRecords<>(Map.of(PARTITION, List.of(good, bad)), next));

            // Then
            assertThat(polled.nextOffsets()).isEqualTo(next);
            assertThat(polled.records(PARTITION)).containsExactly(good, bad);
            assertThat(OutcomeHeader.take(good.headers()).outcome()).isInstanceOf(Outcome.Scored.class);
            assertThat(OutcomeHeader.take(bad.headers()).outcome()).isInstanceOf(Outcome.Refused.class);
            assertThat(good.headers().toArray()).isEmpty();
            assertThat(told).singleElement().satisfies(batch -> {
                assertThat(batch.model().card().version()).isEqualTo(TinyModel.VERSION);
                assertThat(batch.timestamps()).containsExactly(good.timestamp(), bad.timestamp());
                assertThat(batch.scores()).containsExactly(0.125, Double.NaN);
                assertThat(batch.pValues()[1]).isNaN();
            });
        }
    }

    @Test
    void tellsWhatAShadowSaysAndWhenKafkaTookARecord() {
        try (ModelSwitch models = new ModelSwitch(null);
                ScoreAtPoll interceptor = new ScoreAtPoll()) {
            models.serve(ScoringModel.open(TinyModel.version("a"), "a"));
            models.shadow(ScoringModel.open(TinyModel.version("b"), "b"));
            List<ComparedBatch> compared = new ArrayList<>();
            List<long[]> appended = new ArrayList<>();
            StreamListener listener = new StreamListener() {
                @Override
                public void compared(ComparedBatch batch) {
                    compared.add(batch);
                }

                @Override
                public void appended(long[] times) {
                    appended.add(times);
                }
            };
            Supplier<CurrentScorer> scorers = () -> new CurrentScorer(models, 1_000, false);
            interceptor.configure(Map.of(ScoreAtPoll.SCORER, scorers, ScoreAtPoll.LISTENER, listener));
            List<ConsumerRecord<byte[], byte[]>> records = List.of(
                    record(0, "{\"amount\": 500, \"country\": \"DE\"}", TimestampType.CREATE_TIME),
                    record(1, "x", TimestampType.LOG_APPEND_TIME));

            interceptor.onConsume(new ConsumerRecords<>(Map.of(PARTITION, records), Map.of()));

            assertThat(appended).singleElement().isEqualTo(new long[] {1_001});
            assertThat(compared).singleElement().satisfies(batch -> {
                assertThat(batch.model().card().version()).isEqualTo("a");
                assertThat(batch.shadow().card().version()).isEqualTo("b");
                assertThat(batch.surprise()[0])
                        .isEqualTo(batch.shadowSurprise()[0])
                        .isGreaterThan(13);
                assertThat(batch.surprise()[1]).isNaN();
                assertThat(batch.flags()).containsExactly(true, false);
                assertThat(batch.shadowFlags()).containsExactly(true, false);
            });
        }
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, String value, TimestampType type) {
        byte[] bytes = value.getBytes(UTF_8);
        return new ConsumerRecord<>(
                "payments",
                0,
                offset,
                1_000 + offset,
                type,
                0,
                bytes.length,
                new byte[0],
                bytes,
                new RecordHeaders(),
                Optional.empty());
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, String value) {
        return new ConsumerRecord<>("payments", 0, offset, new byte[0], value.getBytes(UTF_8));
    }
}
