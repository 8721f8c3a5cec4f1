package dev.surprisal.scorer.stream;

import dev.surprisal.engine.Verdict;
import dev.surprisal.schemas.event.IncidentEvent;
import dev.surprisal.scorer.incident.FlaggedRecord;
import dev.surprisal.scorer.incident.IncidentBook;
import dev.surprisal.scorer.incident.IncidentGap;
import dev.surprisal.scorer.mute.MuteRules;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The incidents of one partition: beside scoring, where the flags of a key are all seen, so that nothing is sent through Kafka once more. Open ones are in a state store, which is
 * committed together with the records' offsets, scores and the events.
 *
 * <p>Time is the latest timestamp of the partition's records, those of the future left out; where no more records come, it goes on by the clock. What goes wrong with an incident is in
 * the log, and costs no score.
 */
final class StreamIncidents {

    static final String STORE = "incidents";

    private static final Logger LOG = LoggerFactory.getLogger(StreamIncidents.class);
    static final Map<String, String> LOG_CONFIGS = Map.of(
            TopicConfig.SEGMENT_BYTES_CONFIG,
            Integer.toString(8 << 20),
            TopicConfig.SEGMENT_MS_CONFIG,
            "600000",
            TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
            "0.1");
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final IncidentGap gap;
    private final int mostOpen;
    private final MuteRules rules;
    private final StreamListener listener;
    private final StreamOutputs.Output<IncidentEvent> output;
    private ProcessorContext<byte[], byte[]> context;
    private IncidentBook book;
    private Cancellable looks;
    private long time;
    private long arrived;

    StreamIncidents(
            IncidentGap gap, MuteRules rules, StreamListener listener, StreamOutputs.Output<IncidentEvent> output) {
        this(gap, IncidentBook.MOST_OPEN, rules, listener, output);
    }

    StreamIncidents(
            IncidentGap gap,
            int mostOpen,
            MuteRules rules,
            StreamListener listener,
            StreamOutputs.Output<IncidentEvent> output) {
        this.gap = gap;
        this.mostOpen = mostOpen;
        this.rules = rules;
        this.listener = listener;
        this.output = output;
    }

    /** In memory, as it is bounded; a log in Kafka keeps it, of which a new owner has to read little: Kafka compacts no segment that is still written to. */
    static StoreBuilder<KeyValueStore<String, byte[]>> store() {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
                .withCachingEnabled()
                .withLoggingEnabled(LOG_CONFIGS);
    }

    /** Begins, or begins again with what was committed. */
    void open(ProcessorContext<byte[], byte[]> processorContext) {
        if (gap.isOff()) {
            return;
        }
        close();
        context = processorContext;
        KeyValueStore<String, byte[]> store = context.getStateStore(STORE);
        book = restored(store);
        time = book.latest();
        arrived = context.currentSystemTimeMs();
        listener.incidentsOpen(book.size());
        looks = context.schedule(LOOK, PunctuationType.WALL_CLOCK_TIME, this::look);
    }

    private IncidentBook restored(KeyValueStore<String, byte[]> store) {
        IncidentBook restored = new IncidentBook(gap, mostOpen, new Kept(store));
        KeptState.restore(
                store,
                (id, incident) -> restored.restore(incident),
                (id, why) -> LOG.error("the open incident {} is lost: {}", id, why));
        return restored;
    }

    /** Every record tells the time. */
    void arrive(long timestamp) {
        if (book == null) {
            return;
        }
        arrived = context.currentSystemTimeMs();
        time = Math.max(time, Math.min(timestamp, arrived));
        guard(() -> book.closeUntil(time, this::tell));
    }

    private void look(long now) {
        guard(() -> book.closeUntil(time + Math.max(0, now - arrived), this::tell));
    }

    /** The flag as incidents and rules see it; null where there are none. */
    FlaggedRecord seen(Verdict verdict, byte[] key, RecordMetadata source, long timestamp, String modelVersion) {
        return book == null
                ? null
                : FlaggedRecord.of(
                        source.topic(), source.partition(), source.offset(), timestamp, key, verdict, modelVersion);
    }

    /** The id of the rule that mutes a flag; null where none does. */
    String mutedBy(FlaggedRecord flag) {
        return flag == null ? null : rules.mutedBy(flag, context.currentSystemTimeMs());
    }

    /** Takes a flag in. */
    void add(FlaggedRecord flag, String mutedBy) {
        if (flag == null) {
            return;
        }
        if (mutedBy == null) {
            guard(() -> book.add(flag, time, this::tell));
        } else {
            listener.muted();
            guard(() -> book.addMuted(flag));
        }
    }

    private void tell(IncidentEvent event) {
        // No two events of an incident are of one kind and have one count.
        String id = event.getId() + "-" + event.getEvent() + "-" + event.getCount();
        context.forward(
                output.record(
                        event.getId().getBytes(StandardCharsets.UTF_8),
                        output.values().write(event),
                        id,
                        event.getLast().toEpochMilli()),
                ScoringTopology.INCIDENTS);
        listener.incident(event.getEvent());
        listener.incidentsOpen(
                switch (event.getEvent()) {
                    case "opened" -> 1;
                    case "closed" -> -1;
                    default -> 0;
                });
    }

    /** What Kafka throws is for Kafka Streams; anything else leaves the scores alone. */
    private static void guard(Runnable deed) {
        try {
            deed.run();
        } catch (KafkaException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.error("an incident is not told: {}", e.getMessage(), e);
        }
    }

    /** Lets go of what it holds in memory; the store keeps it. */
    void close() {
        if (book == null) {
            return;
        }
        looks.cancel();
        listener.incidentsOpen(-book.size());
        book = null;
    }

    private record Kept(KeyValueStore<String, byte[]> store) implements IncidentBook.Keeper {

        @Override
        public void put(String id, byte[] incident) {
            store.put(id, incident);
        }

        @Override
        public void remove(String id) {
            store.delete(id);
        }
    }
}
