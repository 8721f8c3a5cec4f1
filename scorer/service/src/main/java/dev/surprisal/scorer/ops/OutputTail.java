package dev.surprisal.scorer.ops;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.AnomalyEvent;
import dev.surprisal.schemas.event.DeadLetterHeaders;
import dev.surprisal.schemas.event.IncidentEvent;
import dev.surprisal.schemas.event.SilenceEvent;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.scorer.format.RegistryException;
import dev.surprisal.scorer.format.TopicFormats;
import dev.surprisal.scorer.kafka.Bytes;
import dev.surprisal.scorer.kafka.LoneConsumer;
import dev.surprisal.scorer.stream.Pipeline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a pipeline's topics of anomalies, incidents, silences and dead letters: what all instances have flagged, told and refused lately, before a restart too, and only what is committed.
 *
 * <p>Reading them back costs the stream nothing, and shows what consumers see. Where more comes than anybody could look at, it skips to the end.
 */
public final class OutputTail implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OutputTail.class);

    private static final int MOST_FLAGS = 10_000;
    private static final int MOST_REFUSALS = 2_000;
    private static final int MOST_INCIDENTS = 5_000;
    private static final int MOST_SILENCES = 5_000;
    private static final long MOST_BYTES = 32 << 20;
    private static final int MOST_KEY_BYTES = 200;
    private static final int MOST_VALUE_BYTES = 1_000;
    /** What it has lost sight of, it passes over. */
    private static final Map<String, String> OWN = Map.of("auto.offset.reset", "latest", "max.poll.records", "1000");

    private static final Duration POLL = Duration.ofMillis(200);
    private static final long PAUSE_MILLIS = 50;
    private static final long AGAIN_SECONDS = 3;
    private static final long STOP_MILLIS = 2_000;

    private final Pipeline pipeline;
    private final Topics topics;
    private final TopicFormats formats;
    private final RecentLog<Flag> flags = new RecentLog<>(MOST_FLAGS, MOST_BYTES, Flag::bytes);
    private final RecentLog<Refusal> refusals = new RecentLog<>(MOST_REFUSALS, MOST_BYTES, Refusal::bytes);
    private final ToldLog<ToldIncident> incidents = new ToldLog<>(MOST_INCIDENTS, MOST_BYTES);
    private final ToldLog<ToldSilence> silences = new ToldLog<>(MOST_SILENCES, MOST_BYTES);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile KafkaConsumer<byte[], byte[]> consumer;
    private volatile String failure;
    private volatile boolean caughtUp;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private boolean unreadable;

    OutputTail(Pipeline pipeline) {
        this.pipeline = pipeline;
        topics = pipeline.topics();
        formats = pipeline.newFormats();
        thread = new Thread(this::follow, "tail-" + pipeline.name());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    public RecentLog<Flag> flags() {
        return flags;
    }

    public RecentLog<Refusal> refusals() {
        return refusals;
    }

    public ToldLog<ToldIncident> incidents() {
        return incidents;
    }

    public ToldLog<ToldSilence> silences() {
        return silences;
    }

    /** Whether what was there before has been read. */
    public boolean hasCaughtUp() {
        return caughtUp;
    }

    /** Why the topics cannot be read at the moment; null while they can. */
    public String failure() {
        return failure;
    }

    private void follow() {
        while (closed.getCount() > 0) {
            try (KafkaConsumer<byte[], byte[]> mine = LoneConsumer.open(pipeline.kafka(), OWN)) {
                consumer = mine;
                read(mine);
            } catch (WakeupException e) {
                return;
            } catch (UnknownTopicOrPartitionException e) {
                // Nothing to worry about: the pipeline creates it once it has what it waits for.
                failure = e.getMessage();
                pause(TimeUnit.SECONDS.toMillis(AGAIN_SECONDS));
            } catch (KafkaException | SurprisalException e) {
                if (!String.valueOf(e.getMessage()).equals(failure)) {
                    LOG.warn("pipeline '{}': its topics cannot be shown: {}", pipeline.name(), e.getMessage());
                }
                failure = String.valueOf(e.getMessage());
                pause(TimeUnit.SECONDS.toMillis(AGAIN_SECONDS));
            } finally {
                consumer = null;
            }
        }
    }

    private void read(KafkaConsumer<byte[], byte[]> from) {
        List<TopicPartition> partitions = new ArrayList<>();
        List<String> read = new ArrayList<>(List.of(topics.anomalies(), topics.deadLetters()));
        if (!pipeline.incidents().isOff()) {
            read.add(topics.incidents());
        }
        if (!pipeline.silences().isOff()) {
            read.add(topics.silences());
        }
        for (String topic : read) {
            List<PartitionInfo> infos = from.partitionsFor(topic);
            if (infos.isEmpty()) {
                throw new UnknownTopicOrPartitionException("the topic '" + topic + "' is not there yet");
            }
            infos.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        }
        from.assign(partitions);
        Map<TopicPartition, Long> ends = from.endOffsets(partitions);
        int each = Math.max(1, partitions.size() / read.size());
        ends.forEach((partition, end) ->
                from.seek(partition, positions.computeIfAbsent(partition, key -> Math.max(0, end - most(key) / each))));
        if (!caughtUp) {
            readUpTo(ends, from);
        }
        while (closed.getCount() > 0) {
            ConsumerRecords<byte[], byte[]> records = from.poll(POLL);
            records.forEach(record -> {
                take(record, flags::add, refusals::add, incidents::add, silences::add);
                // Should the next one have to wait for its schema, this one is not shown twice.
                positions.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
            });
            positions.putAll(skip(from, partitions));
            failure = null;
            pause(records.isEmpty() ? 0 : PAUSE_MILLIS);
        }
    }

    private int most(TopicPartition partition) {
        if (partition.topic().equals(topics.incidents())) {
            return MOST_INCIDENTS;
        }
        if (partition.topic().equals(topics.silences())) {
            return MOST_SILENCES;
        }
        return partition.topic().equals(topics.anomalies()) ? MOST_FLAGS : MOST_REFUSALS;
    }

    /** What was there before, in the order of time over all partitions. */
    private void readUpTo(Map<TopicPartition, Long> ends, KafkaConsumer<byte[], byte[]> from) {
        List<Flag> earlier = new ArrayList<>();
        List<Refusal> earlierRefusals = new ArrayList<>();
        List<ToldIncident> earlierIncidents = new ArrayList<>();
        List<ToldSilence> earlierSilences = new ArrayList<>();
        while (closed.getCount() > 0
                && ends.entrySet().stream().anyMatch(end -> from.position(end.getKey()) < end.getValue())) {
            from.poll(POLL)
                    .forEach(record -> take(
                            record, earlier::add, earlierRefusals::add, earlierIncidents::add, earlierSilences::add));
        }
        earlier.sort(Comparator.comparingLong(Flag::timestamp));
        earlier.forEach(flags::add);
        earlierRefusals.forEach(refusals::add);
        // Events of one incident keep their order.
        earlierIncidents.sort(Comparator.comparingLong(ToldIncident::last));
        earlierIncidents.forEach(incidents::add);
        earlierSilences.sort(Comparator.comparingLong(ToldSilence::time));
        earlierSilences.forEach(silences::add);
        caughtUp = true;
    }

    /** Goes to the end where too much lies before it; returns where it stands. */
    private Map<TopicPartition, Long> skip(KafkaConsumer<byte[], byte[]> from, List<TopicPartition> partitions) {
        Map<TopicPartition, Long> at = new HashMap<>();
        for (TopicPartition partition : partitions) {
            if (from.currentLag(partition).orElse(0) > 2L * most(partition)) {
                from.seekToEnd(List.of(partition));
            }
            at.put(partition, from.position(partition));
        }
        return at;
    }

    private void take(
            ConsumerRecord<byte[], byte[]> record,
            Consumer<Flag> flagged,
            Consumer<Refusal> refused,
            Consumer<ToldIncident> told,
            Consumer<ToldSilence> silenced) {
        try {
            if (record.topic().equals(topics.deadLetters())) {
                refused.accept(refusal(record));
            } else if (record.topic().equals(topics.incidents())) {
                told.accept(ToldIncident.of(formats.eventJson(record.value(), IncidentEvent.getClassSchema())));
            } else if (record.topic().equals(topics.silences())) {
                silenced.accept(ToldSilence.of(formats.eventJson(record.value(), SilenceEvent.getClassSchema())));
            } else {
                byte[] event = formats.eventJson(record.value(), AnomalyEvent.getClassSchema());
                flagged.accept(Flag.of(Bytes.text(record.key(), MOST_KEY_BYTES), event));
            }
        } catch (RegistryException e) {
            // It is read again, with all after it.
            throw e;
        } catch (IOException | RuntimeException e) {
            if (!unreadable) {
                LOG.warn(
                        "{}-{} offset {} cannot be shown: {}; so it may be with others",
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        e.getMessage());
            }
            unreadable = true;
        }
    }

    private static Refusal refusal(ConsumerRecord<byte[], byte[]> letter) {
        String dropped = header(letter, DeadLetterHeaders.DROPPED_VALUE_BYTES, null);
        return new Refusal(
                Integer.parseInt(header(letter, DeadLetterHeaders.PARTITION, "-1")),
                Long.parseLong(header(letter, DeadLetterHeaders.OFFSET, "-1")),
                Long.parseLong(header(letter, DeadLetterHeaders.TIMESTAMP, "0")),
                Bytes.text(letter.key(), MOST_KEY_BYTES),
                header(letter, DeadLetterHeaders.STEP, "unknown"),
                header(letter, DeadLetterHeaders.REASON, "not told"),
                Bytes.text(letter.value(), MOST_VALUE_BYTES),
                dropped != null ? Integer.parseInt(dropped) : letter.value() == null ? 0 : letter.value().length);
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String key, String otherwise) {
        Header header = letter.headers().lastHeader(key);
        return header == null ? otherwise : new String(header.value(), StandardCharsets.UTF_8);
    }

    private void pause(long millis) {
        try {
            if (millis > 0 && closed.await(millis, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        KafkaConsumer<byte[], byte[]> reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
