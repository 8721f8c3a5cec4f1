package dev.surprisal.engine;

import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.schemas.model.FalseDiscoveryRate;
import java.nio.ByteBuffer;

/**
 * Online control of the false discovery rate with decaying memory (Rebjock et al. 2021), by levels as of LORD (Javanmard and Montanari 2018).
 *
 * <p>Record t is flagged where its p-value is at most
 *
 * <pre>alpha_t = alpha (1 - delta + sum over flagged r &lt; t - L of delta^(t-r) gamma_(t-r-L)),   gamma_k = (1 - lambda) lambda^(k-1)</pre>
 *
 * with the memory delta = 1 - 1 / {@value #MEMORY}, lambda = 1 - 1 / {@value #SPREAD}. As the gammas sum to 1, for every T
 *
 * <pre>sum_t delta^(T-t) alpha_t &lt;= alpha (1 + sum_t delta^(T-t) R_t)</pre>
 *
 * where R_t is 1 if t is flagged. The left side bounds the expected number of false flags, in the same memory, if a normal record's p-value is at most a with a probability of at most a given all records up to L = {@value #LAG}
 * before it, so the expected number of false flags is at most alpha times one more than that of flags. The first term keeps a level above 0 for ever: with levels that only shrink, a stream of rare
 * anomalies would end unable to find any.
 */
final class DiscoveryMemory extends AlarmMemory {

    /** Records after which a flag counts a third. */
    static final int MEMORY = 10_000;
    /** Records over which the reward of a flag is spread, on average. */
    static final int SPREAD = 1_000;
    /** Records that may depend on each other: a flag raises the levels of later ones only. */
    static final int LAG = 10;

    private static final byte KIND = 1;
    private static final double DELTA = 1 - 1.0 / MEMORY;
    private static final double LAMBDA = 1 - 1.0 / SPREAD;

    private final double target;
    /** The sum in the level of the next record. */
    private double rewards;
    /** Bit i is set if the record i + 1 before the next was flagged. */
    private int recent;

    DiscoveryMemory(FalseDiscoveryRate rate) {
        target = rate.target();
    }

    @Override
    double next(long timestamp) {
        return Math.min(AlarmRule.MOST_LOOKING_BACK.value(), target * (1 - DELTA + rewards));
    }

    @Override
    void flagged(boolean flagged) {
        recent = recent << 1 | (flagged ? 1 : 0);
        boolean due = (recent >>> LAG & 1) == 1;
        rewards = DELTA * LAMBDA * rewards + (due ? Math.pow(DELTA, LAG + 1) * (1 - LAMBDA) : 0);
    }

    @Override
    byte kind() {
        return KIND;
    }

    @Override
    int length() {
        return 1 + Double.BYTES + Integer.BYTES;
    }

    @Override
    void write(ByteBuffer bytes) {
        bytes.putDouble(rewards).putInt(recent);
    }

    @Override
    void read(ByteBuffer bytes) {
        rewards = bytes.getDouble();
        recent = bytes.getInt();
    }
}
