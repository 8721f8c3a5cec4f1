package dev.surprisal.trainer.evaluation;

import java.util.Locale;
import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * A share of a sample, with what is known of the share in all there is.
 *
 * <p>The interval is that of Clopper and Pearson (1934): it holds the true share with a probability of at least 95 %, whatever that is and however few there are.
 *
 * @param some how many of the sample
 * @param all how many the sample has
 */
public record Share(long some, long all) {

    private static final double OUTSIDE = 0.025;

    /** The share in the sample; NaN of an empty one. */
    public double value() {
        return (double) some / all;
    }

    /** The lower end of the interval. */
    public double low() {
        return some == 0
                ? 0
                : BetaDistribution.of((double) some, all - some + 1.0).inverseCumulativeProbability(OUTSIDE);
    }

    /** The upper end of the interval. */
    public double high() {
        return some == all
                ? 1
                : BetaDistribution.of(some + 1.0, (double) (all - some)).inverseCumulativeProbability(1 - OUTSIDE);
    }

    /** Such as "75.00 % (3 of 4; 95 % from 19.41 % to 99.37 %)". */
    @Override
    public String toString() {
        return all == 0
                ? "unknown (of none)"
                : String.format(
                        Locale.ROOT,
                        "%.2f %% (%,d of %,d; 95 %% from %.2f %% to %.2f %%)",
                        100 * value(),
                        some,
                        all,
                        100 * low(),
                        100 * high());
    }
}
