package dev.surprisal.scorer.feedback;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.format.TopicFormats;
import dev.surprisal.scorer.kafka.LoneConsumer;
import dev.surprisal.scorer.kafka.WholeTopic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * A window of a topic of records, fixed by the offsets at which it begins and ends in each partition: read twice, it gives the same records in the same order, partition by partition, as long as the topic has them.
 */
public final class RecordWindow {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

    private final Map<String, String> kafka;
    private final Request request;
    private final SortedMap<Integer, Range> ranges;

    private RecordWindow(Map<String, String> kafka, Request request, SortedMap<Integer, Range> ranges) {
        this.kafka = Map.copyOf(kafka);
        this.request = request;
        this.ranges = ranges;
    }

    /**
     * Which window.
     *
     * @param topic of records
     * @param since from when on, by the records' timestamps; null = from the beginning
     * @param until before when; null = up to where the topic ends now
     * @param mostRecords of more, the latest of each partition are taken
     * @param mostBytes of keys and values together
     */
    public record Request(String topic, Instant since, Instant until, long mostRecords, long mostBytes) {
        public Request {
            if (mostRecords < 1 || mostBytes < 1) {
                throw new SurprisalException("a window takes at least one record and one byte");
            }
            if (since != null && until != null && !since.isBefore(until)) {
                throw new SurprisalException("the window ends, at " + until + ", before it begins, at " + since);
            }
        }
    }

    /**
     * Offsets of one partition.
     *
     * @param first the first one
     * @param end the one after the last
     */
    public record Range(long first, long end) {}

    /**
     * Looks up where the window begins and ends.
     *
     * @throws SurprisalException if the topic does not exist, or Kafka refuses or does not answer
     */
    public static RecordWindow find(Map<String, String> kafka, Request request) {
        try (KafkaConsumer<byte[], byte[]> consumer = LoneConsumer.open(kafka)) {
            List<TopicPartition> partitions = WholeTopic.partitions(consumer, request.topic);
            if (partitions.isEmpty()) {
                throw new SurprisalException(
                        "the topic '" + request.topic + "' does not exist on " + kafka.get("bootstrap.servers"));
            }
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Map<TopicPartition, OffsetAndTimestamp> since = offsets(consumer, partitions, request.since);
            Map<TopicPartition, OffsetAndTimestamp> until = offsets(consumer, partitions, request.until);
            SortedMap<Integer, Range> ranges = new TreeMap<>();
            for (TopicPartition partition : partitions) {
                long end = until.get(partition) == null
                        ? ends.get(partition)
                        : until.get(partition).offset();
                long first = request.since == null
                        ? begins.get(partition)
                        : since.get(partition) == null
                                ? end
                                : since.get(partition).offset();
                ranges.put(partition.partition(), new Range(Math.min(first, end), end));
            }
            return new RecordWindow(kafka, request, latest(ranges, request.mostRecords));
        } catch (KafkaException e) {
            throw unreadable(request.topic, e);
        }
    }

    private static Map<TopicPartition, OffsetAndTimestamp> offsets(
            KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions, Instant time) {
        return time == null
                ? Map.of()
                : consumer.offsetsForTimes(
                        partitions.stream().collect(Collectors.toMap(each -> each, each -> time.toEpochMilli())));
    }

    /** The same share of each partition, at its end. */
    static SortedMap<Integer, Range> latest(SortedMap<Integer, Range> ranges, long most) {
        long span = span(ranges);
        if (span <= most) {
            return ranges;
        }
        SortedMap<Integer, Range> latest = new TreeMap<>();
        ranges.forEach((partition, range) -> {
            long share = (long) ((double) most / span * (range.end - range.first));
            latest.put(partition, new Range(range.end - share, range.end));
        });
        return latest;
    }

    private static long span(SortedMap<Integer, Range> ranges) {
        return ranges.values().stream()
                .mapToLong(range -> range.end - range.first)
                .sum();
    }

    /** By partition. */
    public SortedMap<Integer, Range> ranges() {
        return ranges;
    }

    /** How many offsets it has; records are at most as many. */
    public long span() {
        return span(ranges);
    }

    /**
     * Reads the window, only what is committed; values in JSON, but for those that cannot be read.
     *
     * @return how many records it has
     * @throws SurprisalException if it has more bytes than it may, Kafka refuses, or a partition cannot be read on
     */
    public long read(Consumer<StoredRecord> sink) {
        long records = 0;
        long bytes = 0;
        TopicFormats formats = TopicFormats.ofRecords(kafka);
        try (KafkaConsumer<byte[], byte[]> consumer = LoneConsumer.open(kafka)) {
            // One after the other, for the order not to depend on what a broker sends first.
            List<TopicPartition> partitions = ranges.keySet().stream()
                    .map(partition -> new TopicPartition(request.topic, partition))
                    .toList();
            consumer.assign(partitions);
            consumer.pause(partitions);
            for (var each : ranges.entrySet()) {
                TopicPartition partition = new TopicPartition(request.topic, each.getKey());
                consumer.seek(partition, each.getValue().first);
                consumer.resume(List.of(partition));
                long end = each.getValue().end;
                long position = each.getValue().first;
                long last = System.nanoTime();
                while (position < end) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                        if (record.offset() < end) {
                            bytes +=
                                    Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
                            if (bytes > request.mostBytes) {
                                throw new SurprisalException("the window has more than " + request.mostBytes
                                        + " bytes; make it shorter, or let it have more");
                            }
                            records++;
                            sink.accept(StoredRecord.of(record).with(formats.jsonIfReadable(record.value())));
                        }
                    }
                    long now = consumer.position(partition);
                    if (now > position) {
                        last = System.nanoTime();
                    } else if (System.nanoTime() - last > PATIENCE_NANOS) {
                        throw new SurprisalException(partition + " cannot be read on from offset " + position);
                    }
                    position = now;
                }
                consumer.pause(List.of(partition));
            }
            return records;
        } catch (KafkaException e) {
            throw unreadable(request.topic, e);
        }
    }

    private static SurprisalException unreadable(String topic, KafkaException e) {
        return new SurprisalException("the topic '" + topic + "' cannot be read: " + e.getMessage(), e);
    }
}
