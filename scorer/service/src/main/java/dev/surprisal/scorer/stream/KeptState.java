package dev.surprisal.scorer.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** What a state store has kept, to go on with. */
final class KeptState {

    private KeptState() {}

    /**
     * Hands over all of it, and deletes what cannot be read.
     *
     * @param take throws {@link IllegalArgumentException} of what it cannot read
     * @param lost is told of that, with the reason
     */
    static <K> void restore(KeyValueStore<K, byte[]> store, BiConsumer<K, byte[]> take, BiConsumer<K, String> lost) {
        List<K> unreadable = new ArrayList<>();
        try (KeyValueIterator<K, byte[]> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<K, byte[]> each = all.next();
                try {
                    take.accept(each.key, each.value);
                } catch (IllegalArgumentException e) {
                    lost.accept(each.key, e.getMessage());
                    unreadable.add(each.key);
                }
            }
        }
        unreadable.forEach(store::delete);
    }
}
