package dev.surprisal.scorer.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;

/**
 * Scores every polled batch in one go, and sends each record on with its outcome.
 *
 * <p>Kafka Streams hands records to processors one by one, and a batch that a processor gathered would be lost when it dies after its offsets are
 * committed. The consumer's interceptor sees a whole poll before any of it is processed: there is no buffer, no timer, and nothing to lose. If it fails, Kafka logs it and
 * passes the records on as they were; the processor then scores them alone.
 */
public final class ScoreAtPoll implements ConsumerInterceptor<byte[], byte[]> {

    /** The consumer property that holds the {@link Supplier} of this consumer's scorer. */
    static final String SCORER = "surprisal.scorer";

    /** The consumer property that holds the {@link StreamListener}. */
    static final String LISTENER = "surprisal.listener";

    /** The consumer property that is there where records are followed. */
    static final String FOLLOWED = "surprisal.followed";

    private CurrentScorer scorer;
    private StreamListener listener;
    private boolean followed;

    @Override
    public void configure(Map<String, ?> properties) {
        scorer = (CurrentScorer) ((Supplier<?>) properties.get(SCORER)).get();
        listener = (StreamListener) properties.get(LISTENER);
        followed = properties.containsKey(FOLLOWED);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> polled) {
        if (polled.isEmpty()) {
            return polled;
        }
        long arrived = followed ? System.nanoTime() : 0;
        scorer.arrive(polled);
        List<byte[]> values = new ArrayList<>(polled.count());
        for (ConsumerRecord<byte[], byte[]> record : polled) {
            values.add(record.value());
        }
        long start = System.nanoTime();
        List<ScoredRecord> scored = scorer.score(values);
        long nanos = System.nanoTime() - start;
        BatchTimes times =
                followed ? new BatchTimes(arrived, start, scorer.parsed(), start + nanos, scored.size()) : null;
        long[] timestamps = new long[scored.size()];
        int at = 0;
        for (ConsumerRecord<byte[], byte[]> record : polled) {
            timestamps[at] = record.timestamp();
            record.headers().add(new OutcomeHeader(scored.get(at++), times));
        }
        listener.scored(ScoredBatch.of(scored, timestamps, nanos, scorer.sample()));
        ComparedBatch compared = ComparedBatch.of(scored);
        if (compared != null) {
            listener.compared(compared);
        }
        tellWhenAppended(polled);
        return polled;
    }

    /** Only topics whose timestamps are the broker's say when it took a record. */
    private void tellWhenAppended(ConsumerRecords<byte[], byte[]> polled) {
        long[] times = new long[polled.count()];
        int count = 0;
        for (ConsumerRecord<byte[], byte[]> record : polled) {
            if (record.timestampType() == TimestampType.LOG_APPEND_TIME) {
                times[count++] = record.timestamp();
            }
        }
        if (count > 0) {
            listener.appended(Arrays.copyOf(times, count));
        }
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        // Nothing hangs on commits.
    }

    @Override
    public void close() {
        if (scorer != null) {
            scorer.close();
        }
    }
}
