package dev.surprisal.scorer.replay;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.DeadLetterHeaders;
import dev.surprisal.schemas.record.RecordException;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import dev.surprisal.scorer.stream.PipelineRights;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends a range of records again: dead letters without what was said of them, to the topic and partition that they came from, any other record as it is.
 *
 * <p>The range ends where the topic ends at the start, so that it may be sent to the very topic that it is read from. What is sent becomes visible in transactions of
 * {@value #BATCH} records at most; if one fails, or it is stopped, what was sent before stays, and it says where to go on. Of one thread, but for {@link #progress()} and
 * {@link #stop()}.
 */
public final class Replay {

    /** The header that says where a record was sent again from, {@code TOPIC-PARTITION@OFFSET}. */
    public static final String REPLAYED_FROM = "surprisal.replayed-from";

    /** The steps of dead letters; whoever writes others would make what is told here grow without a bound. */
    public static final Set<String> STEPS = Arrays.stream(RecordException.Step.values())
            .map(step -> step.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());

    private static final int BATCH = 500;
    private static final int LARGEST = 64 << 20;
    private static final String DEAD_LETTER = "surprisal.dead-letter.";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Map<String, String> kafka;
    private final ReplayRequest request;
    private final Predicate<String> targets;
    private final boolean dry;
    /** Where the partitions that are still read end. */
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    private final Map<Integer, Long> begins = new TreeMap<>();
    private final Map<Integer, Long> lasts = new TreeMap<>();
    private final Map<Integer, Long> committed = new TreeMap<>();
    private final Map<String, Long> sent = new TreeMap<>();
    private final Map<String, Long> left = new TreeMap<>();
    private final List<ProducerRecord<byte[], byte[]>> batch = new ArrayList<>();
    private long count;
    private volatile Progress progress = new Progress(new Summary(Map.of(), Map.of()), 0, 0, "");
    private volatile boolean stopped;

    /** @param dry whether to tell only what would be sent */
    public Replay(Map<String, String> kafka, ReplayRequest request, boolean dry) {
        this(kafka, request, dry, topic -> true);
    }

    /**
     * Of those records only that belong where they may go.
     *
     * @param targets whether a topic may be sent to; dead letters of others are left out
     * @param dry whether to tell only what would be sent
     */
    public Replay(Map<String, String> kafka, ReplayRequest request, boolean dry, Predicate<String> targets) {
        this.kafka = Map.copyOf(kafka);
        this.request = request;
        this.dry = dry;
        this.targets = targets;
    }

    /**
     * What was sent.
     *
     * @param sent how many, by where to and, of dead letters, step
     * @param left how many of the range were not, by why
     */
    public record Summary(Map<String, Long> sent, Map<String, Long> left) {}

    /**
     * How far it has come, as of the last transaction.
     *
     * @param summary what was sent until then
     * @param read how many offsets of the range have been looked at
     * @param range how many offsets the range has; 0 before it is known
     * @param rest what is left of the range, as {@link ReplayRequest#parseOffsets} reads it; empty at the end, and before it has begun
     */
    public record Progress(Summary summary, long read, long range, String rest) {}

    /** How far it has come. */
    public Progress progress() {
        return progress;
    }

    /** Has it end after the transaction that it is in. */
    public void stop() {
        stopped = true;
    }

    /**
     * Sends them, all or until it is stopped.
     *
     * @throws SurprisalException if Kafka refuses, or a record does not say where it belongs
     */
    public Summary run() {
        if (!KafkaAdmin.with(kafka, admin -> admin.topics().contains(request.from()))) {
            throw new SurprisalException(
                    "the topic '" + request.from() + "' does not exist on " + kafka.get("bootstrap.servers"));
        }
        try (KafkaConsumer<byte[], byte[]> consumer = consumer();
                KafkaProducer<byte[], byte[]> producer = dry ? null : producer()) {
            seek(consumer);
            tell();
            while (!stopped && !ends.isEmpty() && count < request.most()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    take(record, producer);
                }
                commit(producer);
                finish(consumer);
                tell();
            }
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String rest = progress.rest();
            throw new SurprisalException(
                    "not all was sent: " + cause.getMessage()
                            + (rest.isEmpty() ? "" : "; to go on, ask for the offsets " + rest),
                    e);
        }
        return progress.summary();
    }

    private void tell() {
        long read = 0;
        long range = 0;
        for (Map.Entry<Integer, Long> begin : begins.entrySet()) {
            read += committed.get(begin.getKey()) - begin.getValue();
            range += lasts.get(begin.getKey()) - begin.getValue();
        }
        progress = new Progress(new Summary(Map.copyOf(sent), Map.copyOf(left)), read, range, rest());
    }

    /** To the beginning of the range in each partition; the ends are remembered. */
    private void seek(KafkaConsumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = consumer.partitionsFor(request.from(), PATIENCE).stream()
                .map(info -> new TopicPartition(request.from(), info.partition()))
                .filter(partition ->
                        request.offsets().isEmpty() || request.offsets().containsKey(partition.partition()))
                .toList();
        consumer.assign(partitions);
        Map<TopicPartition, Long> earliest = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> last = consumer.endOffsets(partitions);
        Map<TopicPartition, OffsetAndTimestamp> since = offsets(consumer, partitions, request.since());
        Map<TopicPartition, OffsetAndTimestamp> until = offsets(consumer, partitions, request.until());
        for (TopicPartition partition : partitions) {
            long begin = earliest.get(partition);
            long end = last.get(partition);
            if (request.since() != null) {
                begin = since.get(partition) == null
                        ? end
                        : since.get(partition).offset();
            }
            if (request.until() != null && until.get(partition) != null) {
                end = until.get(partition).offset();
            }
            ReplayRequest.Offsets asked = request.offsets().get(partition.partition());
            if (asked != null) {
                begin = Math.max(begin, asked.first());
                end = asked.last() == Long.MAX_VALUE ? end : Math.min(end, asked.last() + 1);
            }
            if (begin < end) {
                consumer.seek(partition, begin);
                ends.put(partition, end);
                begins.put(partition.partition(), begin);
                lasts.put(partition.partition(), end);
                committed.put(partition.partition(), begin);
            } else {
                consumer.pause(List.of(partition));
                consumer.seek(partition, end);
            }
        }
    }

    private static Map<TopicPartition, OffsetAndTimestamp> offsets(
            KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions, Instant time) {
        return time == null
                ? Map.of()
                : consumer.offsetsForTimes(
                        partitions.stream().collect(Collectors.toMap(each -> each, each -> time.toEpochMilli())));
    }

    /** After a poll whose records are sent: where each partition stands, and which of them are at their end. */
    private void finish(KafkaConsumer<byte[], byte[]> consumer) {
        if (count >= request.most()) {
            return;
        }
        List<TopicPartition> done = new ArrayList<>();
        ends.forEach((partition, end) -> {
            long at = Math.min(consumer.position(partition), end);
            committed.put(partition.partition(), at);
            if (at == end) {
                done.add(partition);
            }
        });
        consumer.pause(done);
        done.forEach(ends::remove);
    }

    private void take(ConsumerRecord<byte[], byte[]> record, KafkaProducer<byte[], byte[]> producer) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() >= ends.getOrDefault(partition, 0L) || count >= request.most()) {
            return;
        }
        String step = header(record, DeadLetterHeaders.STEP);
        if (request.step() != null && !request.step().equals(step)) {
            left.merge("are of another step", 1L, Long::sum);
        } else if (request.reason() != null && !request.reason().equals(header(record, DeadLetterHeaders.REASON))) {
            left.merge("have another reason", 1L, Long::sum);
        } else if (header(record, DeadLetterHeaders.DROPPED_VALUE_BYTES) != null) {
            left.merge("went without their value, which their topic did not take", 1L, Long::sum);
        } else {
            send(again(record), step);
        }
        if (batch.size() >= BATCH) {
            commit(producer);
        }
        if (batch.isEmpty()) {
            committed.put(record.partition(), record.offset() + 1);
        }
    }

    private void send(ProducerRecord<byte[], byte[]> again, String step) {
        if (!targets.test(again.topic())) {
            left.merge("came from a topic that nothing may be sent to from here", 1L, Long::sum);
            return;
        }
        sent.merge(again.topic() + (step != null && STEPS.contains(step) ? ", step " + step : ""), 1L, Long::sum);
        count++;
        batch.add(again);
    }

    private ProducerRecord<byte[], byte[]> again(ConsumerRecord<byte[], byte[]> record) {
        String origin = header(record, DeadLetterHeaders.TOPIC);
        String to = request.to() == null ? origin : request.to();
        Integer partition =
                to == null || !to.equals(origin) ? null : number(header(record, DeadLetterHeaders.PARTITION));
        if (to == null || (request.to() == null && partition == null)) {
            throw new SurprisalException("the record at offset " + record.offset() + " of partition "
                    + record.partition() + " of '" + record.topic()
                    + "' is no dead letter that says where it came from; name a topic to send it to");
        }
        ProducerRecord<byte[], byte[]> again =
                new ProducerRecord<>(to, partition, Math.max(0, record.timestamp()), record.key(), record.value());
        for (Header header : record.headers()) {
            if (!header.key().startsWith(DEAD_LETTER) && !header.key().equals(REPLAYED_FROM)) {
                again.headers().add(header);
            }
        }
        String from = record.topic() + "-" + record.partition() + "@" + record.offset();
        again.headers().add(REPLAYED_FROM, from.getBytes(StandardCharsets.UTF_8));
        return again;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the commit fails where a record does
    private void commit(KafkaProducer<byte[], byte[]> producer) {
        if (producer != null && !batch.isEmpty()) {
            producer.beginTransaction();
            batch.forEach(producer::send);
            producer.commitTransaction();
        }
        for (ProducerRecord<byte[], byte[]> record : batch) {
            String from = new String(record.headers().lastHeader(REPLAYED_FROM).value(), StandardCharsets.UTF_8);
            int at = from.lastIndexOf('@');
            int dash = from.lastIndexOf('-', at);
            committed.put(Integer.valueOf(from.substring(dash + 1, at)), Long.parseLong(from.substring(at + 1)) + 1);
        }
        if (!batch.isEmpty()) {
            batch.clear();
            tell();
        }
    }

    /** Null where it is none. */
    private static Integer number(String text) {
        try {
            return text == null ? null : Integer.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private String rest() {
        return committed.entrySet().stream()
                .filter(next -> next.getValue() < lasts.get(next.getKey()))
                .map(next -> next.getKey() + ":" + next.getValue() + "-" + (lasts.get(next.getKey()) - 1))
                .collect(Collectors.joining(","));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String key) {
        Header header = record.headers().lastHeader(key);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, PipelineRights.REPLAYS + UUID.randomUUID());
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * LARGEST);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis());
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        producer.initTransactions();
        return producer;
    }
}
