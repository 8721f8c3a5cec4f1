package dev.surprisal.retraining;

import org.apache.commons.statistics.distribution.BetaDistribution;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * How many of fresh normal records a model may flag.
 *
 * <p>If its rate were exactly the set one, a, the flags would have a binomial distribution. That of a calibration on n records is itself drawn, from Beta(k, n + 1 - k), k = floor(a (n + 1)) (Bates et al. 2023), so that the bound is that of the binomial distribution
 * at the rate which the model exceeds with a probability of half of {@value #OUTSIDE}; with the other half beyond it, all in all at most {@value #OUTSIDE}. A model that flags fewer is not at fault: of equal scores, none is flagged before all may be.
 *
 * @param low the least of 99 % of the binomial distribution at the set rate
 * @param high the most that a model with the set rate flags
 */
record FalseAlarmInterval(long low, long high) {

    static final double OUTSIDE = 0.005;

    /**
     * The interval.
     *
     * @param records how many fresh records
     * @param rate the alarm rate
     * @param calibrated on how many records the model was calibrated
     */
    static FalseAlarmInterval of(int records, double rate, long calibrated) {
        double k = Math.max(1, Math.floor(rate * (calibrated + 1)));
        double greatest = BetaDistribution.of(k, calibrated + 1 - k).inverseCumulativeProbability(1 - OUTSIDE / 2);
        return new FalseAlarmInterval(
                BinomialDistribution.of(records, rate).inverseCumulativeProbability(OUTSIDE),
                BinomialDistribution.of(records, Math.max(rate, greatest))
                        .inverseCumulativeProbability(1 - OUTSIDE / 2));
    }
}
