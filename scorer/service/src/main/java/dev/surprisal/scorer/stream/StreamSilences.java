package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.event.SilenceEvent;
import dev.surprisal.scorer.silence.SilenceBook;
import dev.surprisal.scorer.silence.SilenceRate;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The silent keys of one partition, beside scoring, where all records of a key are seen. What is known of keys is in a state store, which is committed together with the records' offsets, scores and the events.
 *
 * <p>Time is the latest timestamp of the partition's records, those of the future cut off; where none come, it stands still, so that a pause of everything is no silence of each. What goes wrong with it is in the log, and costs no score.
 */
final class StreamSilences {

    static final String STORE = "silences";

    private static final Logger LOG = LoggerFactory.getLogger(StreamSilences.class);

    private final SilenceRate rate;
    private final StreamListener listener;
    private final StreamOutputs.Output<SilenceEvent> output;
    private final SilenceBook.Told told = this::tell;
    private ProcessorContext<byte[], byte[]> context;
    private SilenceBook book;
    private int silent;
    private int watched;

    StreamSilences(SilenceRate rate, StreamListener listener, StreamOutputs.Output<SilenceEvent> output) {
        this.rate = rate;
        this.listener = listener;
        this.output = output;
    }

    /** In memory, as it is bounded; a log in Kafka keeps it. */
    static StoreBuilder<KeyValueStore<byte[], byte[]>> store() {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(STORE), Serdes.ByteArray(), Serdes.ByteArray())
                .withCachingEnabled()
                .withLoggingEnabled(StreamIncidents.LOG_CONFIGS);
    }

    /** Begins, or begins again with what was committed. */
    void open(ProcessorContext<byte[], byte[]> processorContext) {
        if (rate.isOff()) {
            return;
        }
        close();
        context = processorContext;
        KeyValueStore<byte[], byte[]> store = context.getStateStore(STORE);
        book = restored(store);
        count();
    }

    private SilenceBook restored(KeyValueStore<byte[], byte[]> store) {
        SilenceBook restored = new SilenceBook(rate, SilenceBook.MOST_KEYS, new Kept(store));
        KeptState.restore(store, restored::restore, (key, why) -> LOG.error("the habit of a key is lost: {}", why));
        return restored;
    }

    /** Every record with a key tells of it, and the time. */
    void arrive(RecordMetadata source, byte[] key, long timestamp) {
        if (book == null || key == null) {
            return;
        }
        try {
            long past = Math.min(timestamp, context.currentSystemTimeMs());
            book.arrive(source.topic(), source.partition(), key, past, told);
        } catch (KafkaException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.error("a silent key is not told: {}", e.getMessage(), e);
        }
        count();
    }

    private void tell(byte[] key, SilenceEvent event) {
        context.forward(
                output.record(
                        key,
                        output.values().write(event),
                        event.getId() + "-" + event.getEvent(),
                        event.getTime().toEpochMilli()),
                ScoringTopology.SILENCES);
        listener.silence(event.getEvent());
    }

    private void count() {
        if (book.silent() != silent) {
            listener.keysSilent(book.silent() - silent);
            silent = book.silent();
        }
        if (book.watched() != watched) {
            listener.keysWatched(book.watched() - watched);
            watched = book.watched();
        }
    }

    /** Lets go of what it holds in memory; the store keeps it. */
    void close() {
        if (book == null) {
            return;
        }
        listener.keysSilent(-silent);
        listener.keysWatched(-watched);
        silent = 0;
        watched = 0;
        book = null;
    }

    private record Kept(KeyValueStore<byte[], byte[]> store) implements SilenceBook.Keeper {

        @Override
        public void put(byte[] key, byte[] value) {
            store.put(key, value);
        }

        @Override
        public void remove(byte[] key) {
            store.delete(key);
        }
    }
}
