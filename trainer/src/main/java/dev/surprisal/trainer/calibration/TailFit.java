package dev.surprisal.trainer.calibration;

import dev.surprisal.schemas.model.ParetoTail;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The tail of calibration scores, if one fits: peaks over the lowest threshold at which the generalised Pareto distribution is not rejected.
 *
 * <p>How the Anderson-Darling statistic is distributed depends on the fitted shape, so the parametric bootstrap tells: samples of the fitted distribution, each fitted anew (Stute et al. 1993).
 *
 * @param tail null where none fits
 * @param refusal why none does, in half a sentence; null where one fits
 */
public record TailFit(ParetoTail tail, String refusal) {

    /** Fewer exceedances tell too little of the shape: its standard deviation is (1 + xi) / sqrt(k). */
    private static final int FEWEST = 50;

    private static final int MOST = 1_000;
    /** From this shape on the tail has no mean: rather two kinds of records than the tail of one. */
    private static final double MOST_SHAPE = 1;
    /** The largest share of scores that is looked at as their tail. */
    private static final double LARGEST_SHARE = 0.1;
    /** Fits that are worse than those of this share of samples are rejected. */
    private static final double REJECTED = 0.1;

    private static final int SAMPLES = 199;
    private static final long SEED = 6_364_136_223_846_793_005L;

    /** Fits the tail of scores, given in any order. */
    public static TailFit of(double[] scores) {
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        int most = (int) Math.min(MOST, LARGEST_SHARE * sorted.length);
        if (most < FEWEST) {
            return new TailFit(
                    null,
                    "the scores of " + sorted.length + " records do not show their tail; it takes "
                            + Math.round(FEWEST / LARGEST_SHARE));
        }
        for (int count = most; count >= FEWEST; count /= 2) {
            double threshold = sorted[sorted.length - count - 1];
            double[] exceedances = exceedances(sorted, threshold);
            if (exceedances.length < FEWEST || exceedances[0] == exceedances[exceedances.length - 1]) {
                continue;
            }
            ParetoFit fit = ParetoFit.of(exceedances);
            double pValue = fit.shape() < MOST_SHAPE ? pValue(fit, exceedances) : 0;
            if (pValue > REJECTED) {
                ParetoFit mean = fit.posteriorMean(exceedances);
                return new TailFit(
                        new ParetoTail(threshold, mean.shape(), mean.scale(), exceedances.length, pValue), null);
            }
        }
        return new TailFit(null, "no generalised Pareto distribution fits the largest of the scores");
    }

    private static double[] exceedances(double[] sorted, double threshold) {
        return Arrays.stream(sorted)
                .filter(score -> score > threshold)
                .map(score -> score - threshold)
                .toArray();
    }

    private static double pValue(ParetoFit fit, double[] exceedances) {
        double statistic = fit.andersonDarling(exceedances);
        SplittableRandom random = new SplittableRandom(SEED);
        int worse = 0;
        for (int i = 0; i < SAMPLES; i++) {
            double[] sample = new double[exceedances.length];
            for (int j = 0; j < sample.length; j++) {
                sample[j] = fit.quantile(1 - random.nextDouble());
            }
            Arrays.sort(sample);
            // Not less: a statistic that is no number belongs to a fit that is none.
            worse += ParetoFit.of(sample).andersonDarling(sample) >= statistic ? 1 : 0;
        }
        return (1.0 + worse) / (SAMPLES + 1);
    }
}
