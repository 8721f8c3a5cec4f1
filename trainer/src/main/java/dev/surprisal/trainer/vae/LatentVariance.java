package dev.surprisal.trainer.vae;

/**
 * The variance of a standardised number as a function of what the decoder puts out for it: s^2 = 0.1^2 + exp(o), with o clamped to [{@value #LEAST_LOG}, {@value #GREATEST_LOG}].
 *
 * <p>The floor is that of the scales that are the same for all records, and for the same reason: a field that the decoder reconstructs perfectly must not decide every score.
 */
public final class LatentVariance {

    public static final double FLOOR = 0.01;
    public static final double LEAST_LOG = -18;
    public static final double GREATEST_LOG = 8;

    private LatentVariance() {}

    static double of(double output) {
        return FLOOR + Math.exp(Math.max(LEAST_LOG, Math.min(GREATEST_LOG, output)));
    }

    /** By the output: exp(o), 0 where it is clamped. */
    static double gradient(double output) {
        return output > LEAST_LOG && output < GREATEST_LOG ? Math.exp(output) : 0;
    }
}
