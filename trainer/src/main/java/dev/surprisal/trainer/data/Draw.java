package dev.surprisal.trainer.data;

/**
 * What a training run draws at random. The seed of each draw is a function of the run's seed and a number alone, so that any step can be repeated without those
 * before it.
 */
public enum Draw {
    /** Which rows are held out. */
    HELD_OUT,
    /** On which rows the export is checked. */
    CHECKED,
    /** Which rows the pseudo-inputs start at. */
    PSEUDO_INPUTS,
    /** On which held-out rows a fit is watched. */
    WATCHED,
    /** The latent noise with which it is watched; numbered by batch. */
    WATCHED_LATENT,
    /** The blocks of a file, in which order; numbered by epoch. */
    BLOCKS,
    /** The rows of a chunk, in which order; numbered by chunk. */
    ROWS,
    /** The noise of the latent variable; numbered by step. */
    LATENT,
    /** What is added to the numbers; numbered by step. */
    INPUT,
    /** Which known anomalies are shown; numbered by step. */
    ANOMALIES,
    /** Which rows tell what the training data are like. */
    REFERENCE;

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    /** The seed of a draw. */
    public long seed(long run, long number) {
        return mix(mix(mix(run) + GOLDEN * name().hashCode()) + GOLDEN * number);
    }

    /** A bijection that turns neighbours into strangers: the finaliser of SplitMix64 (Steele, Lea and Flood 2014). */
    static long mix(long bits) {
        long mixed = bits;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
