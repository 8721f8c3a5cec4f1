package dev.surprisal.engine;

import dev.surprisal.schemas.model.AlarmBudget;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.schemas.model.FalseDiscoveryRate;
import java.nio.ByteBuffer;

/**
 * What a rule that looks back remembers of the records of one partition, in their order.
 *
 * <p>A few bytes hold all of it, so that it can be kept where it outlives the process.
 */
public abstract sealed class AlarmMemory permits DiscoveryMemory, VolumeMemory {

    private double level;

    /**
     * A memory that remembers nothing yet.
     *
     * @param partitions how many partitions share the rule, each with a memory of its own
     */
    public static AlarmMemory of(AlarmRule rule, int partitions) {
        if (rule instanceof FalseDiscoveryRate rate) {
            return new DiscoveryMemory(rate);
        }
        if (rule instanceof AlarmBudget budget) {
            return new VolumeMemory(budget, partitions);
        }
        throw new IllegalArgumentException("the rule " + rule + " does not look back");
    }

    /**
     * A memory as it was kept.
     *
     * @param kept by {@link #toBytes}; if null, or of another rule, nothing is remembered
     */
    public static AlarmMemory of(AlarmRule rule, int partitions, byte[] kept) {
        AlarmMemory memory = of(rule, partitions);
        if (kept != null && kept.length == memory.length() && kept[0] == memory.kind()) {
            memory.read(ByteBuffer.wrap(kept, 1, kept.length - 1));
        }
        return memory;
    }

    /**
     * The p-value at or below which the next record is flagged; at most {@link AlarmRule#MOST_LOOKING_BACK}.
     *
     * @param timestamp of the record, milliseconds
     */
    abstract double next(long timestamp);

    /** Whether the record was flagged that {@link #next} was called for. */
    abstract void flagged(boolean flagged);

    /** The level of the last record: the p-value at or below which it was flagged. */
    public final double level() {
        return level;
    }

    /** The verdict on the next record, flagged only where the records before do not speak against it. */
    public final Verdict decide(Verdict verdict, long timestamp) {
        level = next(timestamp);
        boolean flagged = verdict.anomaly() && verdict.pValue() <= level;
        flagged(flagged);
        return verdict.anomaly() && !flagged ? verdict.unflagged() : verdict;
    }

    /** All that is remembered. */
    public final byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(length()).put(kind());
        write(bytes);
        return bytes.array();
    }

    abstract byte kind();

    abstract int length();

    abstract void write(ByteBuffer bytes);

    abstract void read(ByteBuffer bytes);
}
