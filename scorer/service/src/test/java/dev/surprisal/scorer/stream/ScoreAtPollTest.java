package dev.surprisal.scorer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.engine.Judge;
import dev.surprisal.engine.ScoringModel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A whole poll is scored at once, and nobody can tell from a score. */
class ScoreAtPollTest {

    private static final TopicPartition PARTITION = new TopicPartition("parcels", 0);

    @Test
    void eachRecordOfAPollGetsTheOutcomeThatItWouldGetAlone() {
        Random random = new Random(11);
        try (ScoringModel model = TinyModel.open();
                RecordScorer alone = scorer(model)) {
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            for (int offset = 0; offset < 1_000; offset++) {
                String json = random.nextInt(10) == 0 ? "broken" : TinyModel.usual(random.nextInt(1_000));
                records.add(new ConsumerRecord<>("parcels", 0, offset, null, json.getBytes(StandardCharsets.UTF_8)));
            }
            Map<TopicPartition, OffsetAndMetadata> next = Map.of(PARTITION, new OffsetAndMetadata(1_000));
            ScoreAtPoll interceptor = new ScoreAtPoll();
            Supplier<RecordScorer> scorers = () -> scorer(model);
            interceptor.configure(Map.of(ScoreAtPoll.SCORER, scorers));

            ConsumerRecords<byte[], byte[]> passed =
                    interceptor.onConsume(new ConsumerRecords<>(Map.of(PARTITION, records), next));
            interceptor.close();

            assertThat(passed.nextOffsets()).isEqualTo(next);
            assertThat(passed.count()).isEqualTo(1_000);
            for (ConsumerRecord<byte[], byte[]> record : passed) {
                Outcome together = OutcomeHeader.take(record.headers());
                assertThat(together).as("offset %d", record.offset()).isEqualTo(alone.score(record.value()));
                assertThat(record.headers()).isEmpty();
            }
        }
    }

    private static RecordScorer scorer(ScoringModel model) {
        return new RecordScorer(model, new Judge(model.card(), model.card().alarmRate()), 1_000_000);
    }
}
