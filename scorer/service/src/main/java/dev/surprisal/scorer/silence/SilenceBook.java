package dev.surprisal.scorer.silence;

import dev.surprisal.schemas.event.SilenceEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * The keys of one partition, their habits, and which of them are silent. What it has to keep it hands to a {@link Keeper}; it does no I/O itself, and its time is that of its records. Of one thread.
 *
 * <p>Bounded: so many keys are watched, those first that had a habit first; those that have been silent the longest make room. As many others may form a habit at once; of these the ones that have not come for the longest are forgotten,
 * so that keys that come once, such as UUIDs, drive out nothing but one another.
 *
 * <p>A record takes constant time: a key that comes stays in the queue by an older deadline, and is put off when that has come.
 */
public final class SilenceBook {

    /** So many keys of a partition are watched, of about 400 bytes each, and as many others learned. */
    public static final int MOST_KEYS = 20_000;

    static final String SILENT = "silent";
    static final String RESUMED = "resumed";

    /** No topic's name begins with it. */
    private static final byte[] CLOCK = {0};

    private final long period;
    private final int mostKeys;
    private final Keeper keeper;
    private final Map<KeyId, WatchedKey> watched = new HashMap<>();
    private final Map<KeyId, WatchedKey> silent = new LinkedHashMap<>();
    private final LinkedHashMap<KeyId, WatchedKey> learned = new LinkedHashMap<>(16, 0.75f, true);
    private final PriorityQueue<WatchedKey> queue = new PriorityQueue<>(Comparator.comparingLong(WatchedKey::queued));
    private PartitionClock clock = new PartitionClock();
    /** Whether nothing has come since keys were restored. */
    private boolean unsettled;

    /** What keeps keys, and the partition's time. */
    public interface Keeper {

        void put(byte[] key, byte[] value);

        void remove(byte[] key);
    }

    /** Is told what has changed. */
    @FunctionalInterface
    public interface Told {

        /**
         * A key has fallen silent, or has come again.
         *
         * @param key of the records; of one longer than 200 bytes, these and its SHA-256
         */
        void accept(byte[] key, SilenceEvent event);
    }

    public SilenceBook(SilenceRate rate, int mostKeys, Keeper keeper) {
        period = rate.period().toMillis();
        this.mostKeys = mostKeys;
        this.keeper = keeper;
    }

    /**
     * Takes in what was kept.
     *
     * @throws IllegalArgumentException if it cannot be read
     */
    public void restore(byte[] key, byte[] value) {
        if (Arrays.equals(key, CLOCK)) {
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
                clock = PartitionClock.read(in);
                return;
            } catch (IOException e) {
                throw new IllegalArgumentException("no time can be read of it: " + e.getMessage(), e);
            }
        }
        WatchedKey read = WatchedKey.read(value, period);
        unsettled = true;
        if (read.isSilent()) {
            watched.put(read.id(), read);
            silent.put(read.id(), read);
        } else if (read.hasLimit() && watched.size() < mostKeys) {
            watched.put(read.id(), read);
            enqueue(read);
        } else {
            learned.put(read.id(), read);
        }
    }

    /** How many keys are silent. */
    public int silent() {
        return silent.size();
    }

    /** How many keys have a habit and are watched. */
    public int watched() {
        return watched.size();
    }

    /** How many keys have no habit yet. */
    int learned() {
        return learned.size();
    }

    /**
     * A record has come.
     *
     * @param key of the record; null of one that has none, which tells nothing
     * @param timestamp of the record, milliseconds since 1970-01-01T00:00Z, not of the future
     * @param told is told what has changed
     */
    public void arrive(String topic, int partition, byte[] key, long timestamp, Told told) {
        if (key == null) {
            return;
        }
        clock.arrive(timestamp);
        if (unsettled) {
            settle();
        }
        KeyId id = KeyId.of(topic, key);
        WatchedKey known = watched.get(id);
        if (known == null) {
            learn(id);
        } else if (known.isSilent()) {
            // What was sent before it fell silent, and comes late or once more, ends no silence.
            if (timestamp > known.time()) {
                resume(known, partition, told);
            }
        } else if (!known.isAt(clock)) {
            known.come(clock, period);
            keepIfNeeded(known);
        }
        while (!queue.isEmpty() && queue.peek().queued() <= clock.live()) {
            WatchedKey due = queue.poll();
            if (due.deadline() > clock.live()) {
                enqueue(due);
            } else {
                fallSilent(due, partition, told);
            }
        }
    }

    /** What was restored cannot have come later than now. */
    private void settle() {
        unsettled = false;
        queue.clear();
        for (WatchedKey key : watched.values()) {
            key.settle(clock);
            if (!key.isSilent()) {
                enqueue(key);
            }
        }
    }

    private void learn(KeyId id) {
        WatchedKey key = learned.get(id);
        if (key == null) {
            learned.put(id, new WatchedKey(id, clock));
            if (learned.size() > mostKeys) {
                Iterator<WatchedKey> longestAgoFirst = learned.values().iterator();
                forget(longestAgoFirst.next());
                longestAgoFirst.remove();
            }
            return;
        }
        if (key.isAt(clock)) {
            return;
        }
        key.come(clock, period);
        if (key.hasHabit() && hasRoom()) {
            learned.remove(id);
            watched.put(id, key);
            key.watch(clock, period);
            enqueue(key);
        }
        keepIfNeeded(key);
    }

    private boolean hasRoom() {
        if (watched.size() >= mostKeys && !silent.isEmpty()) {
            dropFirstSilent();
        }
        return watched.size() < mostKeys;
    }

    private void resume(WatchedKey key, int partition, Told told) {
        SilenceEvent event = key.event(RESUMED, partition, clock);
        silent.remove(key.id());
        key.setSilent(false);
        key.come(clock, period);
        enqueue(key);
        keep(key);
        told.accept(key.id().key(), event);
    }

    private void fallSilent(WatchedKey key, int partition, Told told) {
        key.setSilent(true);
        silent.put(key.id(), key);
        keep(key);
        told.accept(key.id().key(), key.event(SILENT, partition, clock));
        WatchedKey first = silent.values().iterator().next();
        while (first != key && first.isForgotten(clock)) {
            dropFirstSilent();
            first = silent.values().iterator().next();
        }
    }

    private void dropFirstSilent() {
        WatchedKey first = silent.values().iterator().next();
        silent.remove(first.id());
        watched.remove(first.id());
        forget(first);
    }

    private void enqueue(WatchedKey key) {
        key.queue();
        queue.add(key);
    }

    private void forget(WatchedKey key) {
        if (key.isKept()) {
            keeper.remove(key.id().bytes());
        }
    }

    private void keepIfNeeded(WatchedKey key) {
        if (key.isToBeKept()) {
            keep(key);
        }
    }

    /** With the time, so that none is kept of a later one. */
    private void keep(WatchedKey key) {
        keeper.put(key.id().bytes(), key.keep());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(32);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            clock.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        keeper.put(CLOCK, bytes.toByteArray());
    }
}
