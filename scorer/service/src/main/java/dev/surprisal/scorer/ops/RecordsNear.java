package dev.surprisal.scorer.ops;

import dev.surprisal.scorer.format.TopicFormats;
import dev.surprisal.scorer.kafka.LoneConsumer;
import dev.surprisal.scorer.stream.Pipeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Looks a record up in its topic, with the records of the same key around it. Nothing is kept for it: the topic has it all. */
public final class RecordsNear {

    private static final long BEFORE = 5_000;
    private static final long AFTER = 1_000;
    private static final int MOST_BEFORE = 12;
    private static final int MOST_AFTER = 6;
    private static final int MOST_BYTES = 32 << 20;
    private static final long PATIENCE_NANOS = Duration.ofSeconds(4).toNanos();

    private RecordsNear() {}

    /**
     * A record of the topic.
     *
     * @param offset in its partition
     * @param timestamp milliseconds since 1970-01-01T00:00Z
     * @param value its bytes, in JSON where it can be read; may be null
     */
    public record Found(long offset, long timestamp, byte[] value) {}

    /**
     * The records with the key of the one at an offset, at most some thousand records before and after it, in their order; itself among them. Empty if it is gone, only itself
     * if it has no key.
     *
     * @throws org.apache.kafka.common.KafkaException if the topic cannot be read
     * @throws dev.surprisal.schemas.SurprisalException if the connection cannot be right
     */
    public static List<Found> read(Pipeline pipeline, int partition, long offset) {
        TopicPartition of = new TopicPartition(pipeline.topic(), partition);
        try (KafkaConsumer<byte[], byte[]> consumer = LoneConsumer.open(pipeline.kafka())) {
            consumer.assign(List.of(of));
            long first = consumer.beginningOffsets(List.of(of)).get(of);
            long end = Math.min(consumer.endOffsets(List.of(of)).get(of), offset + AFTER);
            if (offset < first || offset >= end) {
                return List.of();
            }
            consumer.seek(of, Math.max(first, offset - BEFORE));
            TopicFormats formats = TopicFormats.ofRecords(pipeline.kafka());
            return select(read(consumer, of, offset, end), offset).stream()
                    .map(found -> new Found(found.offset, found.timestamp, formats.jsonIfReadable(found.value)))
                    .toList();
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(
            KafkaConsumer<byte[], byte[]> consumer, TopicPartition of, long offset, long end) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        long bytes = 0;
        long start = System.nanoTime();
        while (consumer.position(of) < end && System.nanoTime() - start < PATIENCE_NANOS) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                all.add(record);
                bytes += Math.max(0, record.serializedValueSize());
                // Large records: rather fewer neighbours than too much memory.
                while (bytes > MOST_BYTES && all.get(0).offset() < offset) {
                    bytes -= Math.max(0, all.remove(0).serializedValueSize());
                }
            }
            if (bytes > MOST_BYTES) {
                break;
            }
        }
        return all;
    }

    private static List<Found> select(List<ConsumerRecord<byte[], byte[]>> all, long offset) {
        byte[] key = null;
        boolean found = false;
        for (ConsumerRecord<byte[], byte[]> record : all) {
            if (record.offset() == offset) {
                found = true;
                key = record.key();
            }
        }
        List<Found> before = new ArrayList<>();
        List<Found> after = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : all) {
            boolean itself = record.offset() == offset;
            if (found && (itself || (key != null && Arrays.equals(key, record.key())))) {
                (record.offset() <= offset ? before : after)
                        .add(new Found(record.offset(), record.timestamp(), record.value()));
            }
        }
        List<Found> near = new ArrayList<>(before.subList(Math.max(0, before.size() - MOST_BEFORE - 1), before.size()));
        near.addAll(after.subList(0, Math.min(MOST_AFTER, after.size())));
        return near;
    }
}
