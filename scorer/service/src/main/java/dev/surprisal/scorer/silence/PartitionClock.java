package dev.surprisal.scorer.silence;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The time of a partition, in milliseconds, by its records' timestamps: its own, and the time in which it was alive, which stands still while nothing comes at all.
 *
 * <p>One step of the live time is at most {@value #MOST_STEPS} usual steps of the partition's time, whatever the reason for the pause: a night, a broker that is away, a producer of everything that is down. A key is called silent
 * after three of its gaps at least, and no key's gap is shorter than a step; so a pause of everything makes one key at most look silent.
 */
final class PartitionClock {

    private static final int MOST_STEPS = 4;
    /** Steps over which the usual one is averaged. */
    private static final int MEMORY = 256;
    /** So many usual steps does a step count for at most: one long pause is not what is usual. */
    private static final int OUTLIER = 64;

    private long time;
    private long live;
    private double usualStep;
    private int steps;

    /** The latest timestamp, since 1970-01-01T00:00Z; 0 before there is one. */
    long time() {
        return time;
    }

    /** How long the partition has been alive, from any point of time on. */
    long live() {
        return live;
    }

    /** A record has come. What is late tells no time. */
    void arrive(long timestamp) {
        if (timestamp <= time) {
            return;
        }
        long step = timestamp - time;
        boolean first = time == 0;
        time = timestamp;
        if (first) {
            return;
        }
        steps = Math.min(MEMORY, steps + 1);
        usualStep += (Math.min((double) step, steps == 1 ? (double) step : OUTLIER * usualStep) - usualStep) / steps;
        live += Math.min(step, Math.max(1, Math.round(MOST_STEPS * usualStep)));
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(time);
        out.writeLong(live);
        out.writeDouble(usualStep);
        out.writeInt(steps);
    }

    static PartitionClock read(DataInput in) throws IOException {
        PartitionClock clock = new PartitionClock();
        clock.time = in.readLong();
        clock.live = in.readLong();
        clock.usualStep = in.readDouble();
        clock.steps = in.readInt();
        if (clock.time < 0
                || clock.live < 0
                || !(clock.usualStep >= 0 && clock.usualStep < Double.POSITIVE_INFINITY)
                || clock.steps < 0
                || clock.steps > MEMORY) {
            throw new IOException("it is no time");
        }
        return clock;
    }
}
