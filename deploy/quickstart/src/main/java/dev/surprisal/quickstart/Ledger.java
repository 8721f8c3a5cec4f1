package dev.surprisal.quickstart;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/** What was sent, by partition and offset: the truth about it and when it left. */
final class Ledger {

    private final Map<TopicPartition, Map<Long, Entry>> entries = new ConcurrentHashMap<>();

    /**
     * A record that was sent.
     *
     * @param label the truth
     * @param sentNanos by {@link System#nanoTime}
     * @param timed whether its latency counts: it left while the scorer was not behind
     */
    record Entry(String label, long sentNanos, boolean timed) {}

    void put(TopicPartition partition, long offset, Entry entry) {
        entries.computeIfAbsent(partition, key -> new ConcurrentHashMap<>()).put(offset, entry);
    }

    /** Takes an entry out; null while the broker's answer has not come to the sender yet. */
    Entry take(TopicPartition partition, long offset) {
        Map<Long, Entry> ofPartition = entries.get(partition);
        return ofPartition == null ? null : ofPartition.remove(offset);
    }
}
