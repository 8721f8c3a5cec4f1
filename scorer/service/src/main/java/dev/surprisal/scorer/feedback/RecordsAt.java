package dev.surprisal.scorer.feedback;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.RecordCoordinates;
import dev.surprisal.scorer.kafka.LoneConsumer;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Records read back from their topics by their coordinates: only what is committed. */
public final class RecordsAt {

    /** Nearer than this, reading on is faster than seeking. */
    private static final long NEAR = 500;

    private static final Duration POLL = Duration.ofMillis(200);
    private static final long PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();

    private RecordsAt() {}

    /**
     * What became of a search.
     *
     * @param found how many records were there
     * @param expired how many are before the beginning of their partition by now: their retention time is over
     * @param absent how many never were there: their topic or partition does not exist, their offset is still to come, or what is there is no committed record
     */
    public record Summary(int found, int expired, int absent) {
        Summary plus(int moreFound, int moreExpired, int moreAbsent) {
            return new Summary(found + moreFound, expired + moreExpired, absent + moreAbsent);
        }
    }

    /**
     * Reads records, partition by partition in the order of their offsets.
     *
     * @throws SurprisalException if Kafka refuses or does not answer
     */
    public static Summary read(
            Map<String, String> kafka, Collection<RecordCoordinates> wanted, Consumer<StoredRecord> sink) {
        Map<String, Map<Integer, TreeSet<Long>>> byTopic = new TreeMap<>();
        wanted.forEach(each -> byTopic.computeIfAbsent(each.topic(), topic -> new TreeMap<>())
                .computeIfAbsent(each.partition(), partition -> new TreeSet<>())
                .add(each.offset()));
        Summary summary = new Summary(0, 0, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = LoneConsumer.open(kafka)) {
            SortedMap<TopicPartition, SortedSet<Long>> there = new TreeMap<>(
                    Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition));
            for (var topic : byTopic.entrySet()) {
                int partitions = consumer.partitionsFor(topic.getKey()).size();
                for (var offsets : topic.getValue().entrySet()) {
                    if (offsets.getKey() < partitions) {
                        there.put(new TopicPartition(topic.getKey(), offsets.getKey()), offsets.getValue());
                    } else {
                        summary = summary.plus(0, 0, offsets.getValue().size());
                    }
                }
            }
            consumer.assign(there.keySet());
            consumer.pause(there.keySet());
            for (var each : there.entrySet()) {
                summary = read(consumer, each.getKey(), each.getValue(), sink, summary);
            }
            return summary;
        } catch (KafkaException e) {
            throw new SurprisalException("records cannot be read back: " + e.getMessage(), e);
        }
    }

    private static Summary read(
            KafkaConsumer<byte[], byte[]> consumer,
            TopicPartition from,
            SortedSet<Long> offsets,
            Consumer<StoredRecord> sink,
            Summary before) {
        long begin = consumer.beginningOffsets(List.of(from)).get(from);
        long end = consumer.endOffsets(List.of(from)).get(from);
        TreeSet<Long> left = new TreeSet<>(offsets);
        int expired = left.headSet(begin).size();
        left.headSet(begin).clear();
        int absent = left.tailSet(end).size();
        left.tailSet(end).clear();
        int found = 0;
        consumer.seek(from, left.isEmpty() ? end : left.first());
        consumer.resume(List.of(from));
        long last = System.nanoTime();
        while (!left.isEmpty()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (left.remove(record.offset())) {
                    sink.accept(StoredRecord.of(record));
                    found++;
                }
                last = System.nanoTime();
            }
            // What has been passed is no record: a transaction's mark, or what one took back.
            int passed = left.headSet(consumer.position(from)).size();
            absent += passed;
            left.headSet(consumer.position(from)).clear();
            if (!left.isEmpty() && left.first() - consumer.position(from) > NEAR) {
                consumer.seek(from, left.first());
            }
            if (System.nanoTime() - last > PATIENCE_NANOS && passed == 0) {
                throw new SurprisalException(from + " cannot be read at offset " + left.first());
            }
        }
        consumer.pause(List.of(from));
        return before.plus(found, expired, absent);
    }
}
