package dev.surprisal.scorer.silence;

import dev.surprisal.schemas.event.SilenceEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * A key, its habit, and when it came last. Of one thread.
 *
 * <p>It is kept seldom: a key that was kept has come since, if at all, less than {@value #SELDOM_LIMITS} times its limit later, or {@value #SELDOM_MILLIS} milliseconds where that is more. So one that is restored may have come so much later than is known, but not after {@link #settle}; as it was not silent then, it is told later by its limit at most.
 */
final class WatchedKey {

    private static final int VERSION = 1;
    private static final long SELDOM_MILLIS = 300_000;
    /** So many limits is what was kept good for. */
    private static final int SELDOM_LIMITS = 4;
    /** Halves of a habit are worth keeping; keys that came once or twice, such as UUIDs, are not. */
    private static final int WORTH_KEEPING = 4;

    /** A key that is silent for so long after its limit is gone, and nobody waits for it. */
    private static final long GONE_MILLIS = 30L * 24 * 3_600_000;

    private static final double SECOND = 1_000;

    private final KeyId id;
    private GapHabit habit;
    /** Live time and the partition's time when it came last. */
    private long live;

    private long time;
    private boolean silent;
    /** Live milliseconds; 0 before there is a habit. */
    private long limit;
    /** Live time up to which it may come without being kept. */
    private long keptUntil;

    private boolean kept;
    private boolean restored;
    /** The deadline by which it stands in the queue. */
    private long queued;

    WatchedKey(KeyId id, PartitionClock clock) {
        this.id = id;
        live = clock.live();
        time = clock.time();
    }

    private WatchedKey(KeyId id) {
        this.id = id;
    }

    KeyId id() {
        return id;
    }

    boolean isSilent() {
        return silent;
    }

    boolean isKept() {
        return kept;
    }

    /** When it came last, by the partition's time. */
    long time() {
        return time;
    }

    /** Whether it has come often enough to have a habit. */
    boolean hasHabit() {
        return habit != null && habit.gaps() >= GapHabit.FEWEST;
    }

    boolean hasLimit() {
        return limit > 0;
    }

    long queued() {
        return queued;
    }

    /** Of several records at one time, the first counts. */
    boolean isAt(PartitionClock clock) {
        return live == clock.live();
    }

    /** Another record has come. */
    void come(PartitionClock clock, long period) {
        long gap = clock.live() - live;
        if (restored) {
            // It may have come meanwhile.
            restored = false;
        } else if (gap > 0) {
            if (habit == null) {
                habit = new GapHabit(time);
            }
            if (habit.add(gap, clock.time()) && limit > 0) {
                limit = habit.limit(period, clock.time());
            }
        }
        live = clock.live();
        time = clock.time();
    }

    /** Is told silent from here on when it does not come. */
    void watch(PartitionClock clock, long period) {
        limit = habit.limit(period, clock.time());
    }

    /** Records come again: if it was restored, it came before now. */
    void settle(PartitionClock clock) {
        if (restored) {
            keptUntil = Math.max(live, Math.min(keptUntil, clock.live()));
        }
    }

    /** When it is to be called silent, live time. */
    long deadline() {
        return (restored ? keptUntil : live) + limit;
    }

    /** Stands in the queue by its deadline. */
    void queue() {
        queued = deadline();
    }

    void setSilent(boolean now) {
        silent = now;
    }

    /** Whether it has been silent for so long that it is no longer waited for. */
    boolean isForgotten(PartitionClock clock) {
        return time + limit + GONE_MILLIS < clock.time();
    }

    /** Whether what is kept of it is no longer good enough. */
    boolean isToBeKept() {
        if (limit > 0) {
            return !kept || live >= keptUntil;
        }
        int gaps = habit == null ? 0 : habit.gaps();
        return gaps >= WORTH_KEEPING && Integer.bitCount(gaps) == 1;
    }

    SilenceEvent event(String event, int partition, PartitionClock clock) {
        long lasted = Math.max(0, clock.time() - time);
        String key = id.text();
        boolean over = event.equals(SilenceBook.RESUMED);
        String sentence = key + (over ? " has come again after " : " has not come for ") + text(lasted)
                + "; it usually comes every " + text(habit.usual());
        byte[] known = id.bytes();
        byte[] silence = (new String(known, StandardCharsets.ISO_8859_1) + time).getBytes(StandardCharsets.ISO_8859_1);
        return new SilenceEvent(
                UUID.nameUUIDFromBytes(silence).toString(),
                event,
                id.topic(),
                partition,
                key,
                Instant.ofEpochMilli(time),
                Instant.ofEpochMilli(clock.time()),
                lasted,
                habit.usual(),
                limit,
                habit.gaps(),
                sentence);
    }

    /** The two largest units. */
    private static String text(long millis) {
        Duration whole = Duration.ofSeconds(Math.round(millis / SECOND));
        if (whole.toDays() > 0) {
            return whole.toDays() + " d" + more(whole.toHoursPart(), " h");
        }
        if (whole.toHours() > 0) {
            return whole.toHours() + " h" + more(whole.toMinutesPart(), " min");
        }
        if (whole.toMinutes() > 0) {
            return whole.toMinutes() + " min" + more(whole.toSecondsPart(), " s");
        }
        return millis < 10 * SECOND ? millis / SECOND + " s" : whole.toSeconds() + " s";
    }

    private static String more(int count, String unit) {
        return count == 0 ? "" : " " + count + unit;
    }

    /** As it is kept from now on. */
    byte[] keep() {
        kept = true;
        keptUntil = live + Math.max(SELDOM_MILLIS, SELDOM_LIMITS * limit);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(160);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(id.topic());
            out.writeShort(id.key().length);
            out.write(id.key());
            out.writeLong(live);
            out.writeLong(time);
            out.writeBoolean(silent);
            out.writeLong(limit);
            habit.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * One that was kept.
     *
     * @throws IllegalArgumentException if it cannot be read
     */
    static WatchedKey read(byte[] value, long period) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
            if (in.readByte() != VERSION) {
                throw new IOException("it is of another version");
            }
            String topic = in.readUTF();
            byte[] key = new byte[in.readUnsignedShort()];
            in.readFully(key);
            WatchedKey read = new WatchedKey(KeyId.kept(topic, key));
            read.live = in.readLong();
            read.time = in.readLong();
            read.silent = in.readBoolean();
            read.limit = in.readLong();
            read.habit = GapHabit.read(in);
            if (read.live < 0 || read.time < 0 || read.limit < 0 || (read.silent && read.limit == 0)) {
                throw new IOException("it is no time");
            }
            read.kept = true;
            read.restored = !read.silent;
            read.keptUntil = read.live + Math.max(SELDOM_MILLIS, SELDOM_LIMITS * read.limit);
            if (read.limit > 0) {
                read.limit = Math.max(read.limit, read.habit.limit(period, read.time));
            }
            return read;
        } catch (IOException e) {
            throw new IllegalArgumentException("no key can be read of it: " + e.getMessage(), e);
        }
    }
}
