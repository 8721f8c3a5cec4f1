package dev.surprisal.trainer.vae;

import org.apache.commons.numbers.gamma.LogBeta;

/**
 * The distribution of a count x around a mean m: a negative binomial one, and with a small probability u a count of any size.
 *
 * <p>p(x | m) = (1 - u) NB(x | m) + u / ((x + 1) (x + 2)). NB has the variance m + s^2 m^2 (Hilbe 2011), with the Poisson distribution as the limit where s m is far less than sqrt(m); with r =
 * 1 / s^2 and t = log(m / r), log NB(x | m) = log G(x+r) - log G(r) - log G(x+1) - r log(1 + exp(t)) - x log(1 + exp(-t)). Its tail falls like exp(-x), so that without the other part a single
 * count far beyond the mean would decide the score of its record, and pull the fit.
 */
public final class NegativeBinomial {

    /** log m is clamped from here ... */
    public static final double LEAST_LOG_MEAN = -10;
    /** ... to here. */
    public static final double GREATEST_LOG_MEAN = 28;
    /** Greater counts, a million million, are taken for this one: beyond, double precision no longer tells the parts of their log-probabilities. */
    public static final double GREATEST_COUNT = 0x1p40;

    /** u */
    public static final double ANY_SIZE = 1e-3;

    private static final double LEAST_TRAINING_MEAN = 1e-3;

    private NegativeBinomial() {}

    /** log p(x | m) */
    static double logProbability(double count, double logMean, double r) {
        return logProbability(count, logTypical(count, logMean, r));
    }

    /** log p(x | m), given log NB(x | m). */
    static double logProbability(double count, double logTypical) {
        double typical = Math.log1p(-ANY_SIZE) + logTypical;
        double anySize = Math.log(ANY_SIZE) - Math.log((count + 1) * (count + 2));
        return Math.max(typical, anySize) + Math.log1p(Math.exp(-Math.abs(typical - anySize)));
    }

    /** log NB(x | m) */
    static double logTypical(double count, double logMean, double r) {
        double t = logMean - Math.log(r);
        if (count == 0) {
            return -r * softplus(t);
        }
        // log G(x+r) - log G(r) - log G(x+1) = -log(x B(x, r)), without differences of large numbers
        return -Math.log(count) - LogBeta.value(count, r) - r * softplus(t) - count * softplus(-t);
    }

    /** log(1 + exp(t)) */
    private static double softplus(double t) {
        return Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));
    }

    /** The count that a value is taken for: what is none, negative or with a fraction, is cut to one; NaN stays NaN. */
    static double count(float value) {
        return Math.floor(Math.max(0, Math.min(GREATEST_COUNT, value)));
    }

    /**
     * log m.
     *
     * @param start see {@link #start}
     * @param output of the decoder's head
     */
    static double logMean(double start, double output) {
        return Math.max(LEAST_LOG_MEAN, Math.min(GREATEST_LOG_MEAN, start + output));
    }

    /** The logarithm of a column's training mean, finite where all values are 0, too: what a head that puts out 0 stands for. */
    public static double start(float trainingMean) {
        return Math.log(Math.max(LEAST_TRAINING_MEAN, Math.min(GREATEST_COUNT, trainingMean)));
    }
}
