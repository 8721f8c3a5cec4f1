package dev.surprisal.scorer.stream;

import dev.surprisal.engine.AlarmMemory;
import dev.surprisal.engine.Judge;
import dev.surprisal.engine.Verdict;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Decides in the records' order which of them are flagged where the alarm rule looks back. Of one partition; what it remembers is in a state store, which is committed together with the records' offsets and scores.
 */
final class StreamAlarms {

    static final String STORE = "alarms";
    private static final String KEY = "memory";

    private final boolean remembers;
    private final int partitions;
    private KeyValueStore<String, byte[]> store;
    private AlarmMemory memory;
    private double level;

    /**
     * @param remembers whether the topology has the store
     * @param partitions of the topic of records
     */
    StreamAlarms(boolean remembers, int partitions) {
        this.remembers = remembers;
        this.partitions = partitions;
    }

    /** In memory, as it is one value a partition; a log in Kafka keeps it. */
    static StoreBuilder<KeyValueStore<String, byte[]>> store() {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
                .withCachingEnabled();
    }

    void open(ProcessorContext<byte[], byte[]> context) {
        store = remembers ? context.getStateStore(STORE) : null;
    }

    /** Decides by the rule of another judge from now on. */
    void follow(Judge judge) {
        level = judge.level();
        memory = judge.rule().looksBack() ? AlarmMemory.of(judge.rule(), partitions, store.get(KEY)) : null;
    }

    Verdict decide(Verdict scored, long timestamp) {
        if (memory == null) {
            return scored;
        }
        Verdict decided = memory.decide(scored, timestamp);
        level = memory.level();
        store.put(KEY, memory.toBytes());
        return decided;
    }

    /** The p-value at or below which the last record was flagged. */
    double level() {
        return level;
    }
}
