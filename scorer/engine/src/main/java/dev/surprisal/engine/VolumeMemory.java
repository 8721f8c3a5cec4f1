package dev.surprisal.engine;

import dev.surprisal.schemas.model.AlarmBudget;
import dev.surprisal.schemas.model.AlarmRule;
import java.nio.ByteBuffer;

/**
 * How many records come, by their own timestamps, as a rate that keeps to a number of false alarms in a time.
 *
 * <p>The volume of a period is the number of records, each weighing exp(-age / period), divided by 1 - exp(-elapsed / period) for what came before the first. Each of the partitions has its share of the alarms.
 */
final class VolumeMemory extends AlarmMemory {

    private static final byte KIND = 2;

    private final double alarms;
    private final double period;
    private double weight;
    private long first = Long.MIN_VALUE;
    private long last = Long.MIN_VALUE;

    VolumeMemory(AlarmBudget budget, int partitions) {
        alarms = budget.alarms() / partitions;
        period = budget.period().toMillis();
    }

    @Override
    double next(long timestamp) {
        if (first == Long.MIN_VALUE) {
            first = timestamp;
            last = timestamp;
        }
        // A record that comes late counts as of now.
        long now = Math.max(last, timestamp);
        weight = weight * Math.exp((last - now) / period) + 1;
        last = now;
        double seen = -Math.expm1((first - last) / period);
        // Of the first records of all, whose number says nothing of a time, none is flagged.
        return Math.min(AlarmRule.MOST_LOOKING_BACK.value(), alarms * seen / weight);
    }

    @Override
    void flagged(boolean flagged) {
        // The rate is one of normal records, and does not depend on what was flagged.
    }

    @Override
    byte kind() {
        return KIND;
    }

    @Override
    int length() {
        return 1 + 2 * Double.BYTES + 2 * Long.BYTES;
    }

    @Override
    void write(ByteBuffer bytes) {
        bytes.putDouble(period).putDouble(weight).putLong(first).putLong(last);
    }

    @Override
    void read(ByteBuffer bytes) {
        if (bytes.getDouble() == period) {
            weight = bytes.getDouble();
            first = bytes.getLong();
            last = bytes.getLong();
        }
    }
}
