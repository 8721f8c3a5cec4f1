package dev.surprisal.scorer.silence;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How long the gaps between a key's records usually are, and how long one may last before it is improbable.
 *
 * <p>It keeps the k = {@value #LARGEST} largest x(1) >= ... >= x(k) of the last n gaps. Where gaps are exchangeable, the next one exceeds x(k) with probability k / (n + 1), whatever their distribution is. Beyond x(k), the logarithms of
 * gaps are taken to have an exponential tail, that of a power law: then those of the k - 1 gaps beyond and of the next one are independent, and, with s the sum of ln x(i)/x(k), P(next > x(k) e^y) = k / (n + 1) (1 + y/s)^-(k-1) exactly. Lighter
 * tails, such as those of regular, normal, exponential or log-normal gaps, make it less. The largest gaps and their spacings are those of Hill (1975) and Weissman (1978).
 *
 * <p>The last n gaps are those of two generations, each of a week at least, so that nights and weekends are part of a habit, and of {@value #GENERATION} gaps at least. What is older is forgotten.
 */
final class GapHabit {

    static final int LARGEST = 8;
    /** Gaps that make a habit. */
    static final int FEWEST = 32;

    private static final int GENERATION = 256;
    private static final long GENERATION_MILLIS = 7L * 24 * 3_600_000;
    /** One lost record, or two in a row, make no silence. */
    private static final double LEAST_STRETCH = 3;
    /** What is over before anybody can look, and clocks that differ, are no silence. */
    private static final double LEAST_MILLIS = 10_000;

    private static final double MOST_MILLIS = 10.0 * 365 * 24 * 3_600_000;
    /** A gap of a hundred may be called a silence at most, however rare gaps are. */
    private static final double MOST_FALSE = 0.01;

    private Generation now;
    private Generation before;
    private long usual;

    /** Some gaps: how many, from when on, and the largest of them, the smallest first. */
    private static final class Generation {
        private final long since;
        private final float[] largest = new float[LARGEST];
        private int count;

        Generation(long since) {
            this.since = since;
        }

        /** Whether it is among the largest. */
        boolean add(float gap) {
            count++;
            if (gap <= largest[0]) {
                return false;
            }
            int at = 1;
            while (at < LARGEST && largest[at] < gap) {
                largest[at - 1] = largest[at];
                at++;
            }
            largest[at - 1] = gap;
            return true;
        }

        void write(DataOutput out) throws IOException {
            out.writeLong(since);
            out.writeInt(count);
            for (float gap : largest) {
                out.writeFloat(gap);
            }
        }

        static Generation read(DataInput in) throws IOException {
            Generation generation = new Generation(in.readLong());
            generation.count = in.readInt();
            float least = 0;
            for (int i = 0; i < LARGEST; i++) {
                float gap = in.readFloat();
                if (!(gap >= least && gap < Float.POSITIVE_INFINITY)) {
                    throw new IOException("it is no habit");
                }
                generation.largest[i] = gap;
                least = gap;
            }
            if (generation.count < 0) {
                throw new IOException("it is no habit");
            }
            return generation;
        }
    }

    /** @param since the partition's time, milliseconds since 1970-01-01T00:00Z */
    GapHabit(long since) {
        this(new Generation(since));
    }

    private GapHabit(Generation now) {
        this.now = now;
    }

    /** How many gaps it knows of. */
    int gaps() {
        return now.count + (before == null ? 0 : before.count);
    }

    /** The mean gap as of the last {@link #limit}, milliseconds of the partition's time. */
    long usual() {
        return usual;
    }

    /**
     * Takes a gap in.
     *
     * @param gap positive, milliseconds of live time
     * @param time the partition's, milliseconds since 1970-01-01T00:00Z
     * @return whether the limit may have changed by more than a little
     */
    boolean add(long gap, long time) {
        boolean changed = now.add((float) gap) || Integer.bitCount(now.count) <= 2;
        if (now.count >= GENERATION && time - now.since >= GENERATION_MILLIS) {
            before = now;
            now = new Generation(time);
            return true;
        }
        return changed;
    }

    /**
     * After how long a gap is improbable, milliseconds of live time.
     *
     * @param period in which it may be called so falsely once, milliseconds
     * @param time the partition's, milliseconds since 1970-01-01T00:00Z
     */
    long limit(long period, long time) {
        int gaps = gaps();
        usual = Math.max(1, (time - (before == null ? now.since : before.since)) / Math.max(1, gaps));
        double falsely = Math.min(MOST_FALSE, (double) usual / period);
        double beyond = (double) LARGEST / (gaps + 1);
        float[] largest = largest();
        double least = Math.max(1, largest[0]);
        double stretch = LEAST_STRETCH;
        if (beyond > falsely) {
            double sum = 0;
            for (float gap : largest) {
                sum += Math.log(Math.max(1, gap) / least);
            }
            stretch = Math.max(stretch, Math.exp(sum * (Math.pow(beyond / falsely, 1.0 / (LARGEST - 1)) - 1)));
        }
        return (long) Math.min(MOST_MILLIS, Math.max(LEAST_MILLIS, Math.ceil(least * stretch)));
    }

    /** Of both generations, the smallest first. */
    private float[] largest() {
        if (before == null) {
            return now.largest;
        }
        float[] both = new float[LARGEST];
        int one = LARGEST - 1;
        int other = LARGEST - 1;
        for (int at = LARGEST - 1; at >= 0; at--) {
            both[at] = now.largest[one] >= before.largest[other] ? now.largest[one--] : before.largest[other--];
        }
        return both;
    }

    void write(DataOutput out) throws IOException {
        now.write(out);
        out.writeBoolean(before != null);
        if (before != null) {
            before.write(out);
        }
    }

    static GapHabit read(DataInput in) throws IOException {
        GapHabit habit = new GapHabit(Generation.read(in));
        habit.before = in.readBoolean() ? Generation.read(in) : null;
        return habit;
    }
}
