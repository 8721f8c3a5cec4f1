package dev.surprisal.retraining;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * By how much a challenger finds the same records more probable than the champion does: the trimmed mean of the differences, with a lower confidence limit.
 *
 * <p>Differences of log-densities have heavy tails, for a record that one model has never seen the like of costs it hundreds of nats; so the least and the greatest {@value #TRIMMED} of them are left out of the mean, and its standard error
 * is that of Yuen (1974), from the winsorised variance.
 *
 * @param records how many
 * @param mean the trimmed mean of challenger - champion, nats a record
 * @param low what the true trimmed mean exceeds with a probability of {@value #CONFIDENCE}
 */
record PairedComparison(int records, double mean, double low) {

    static final double TRIMMED = 0.01;
    static final double CONFIDENCE = 0.99;
    /** With fewer, one of them decides. */
    static final int FEWEST = 20;

    /**
     * Compares.
     *
     * @param champion log-densities of records, in the records' own units, nats
     * @param challenger those of the same records
     */
    static PairedComparison of(double[] champion, double[] challenger) {
        if (champion.length != challenger.length || champion.length < FEWEST) {
            throw new IllegalArgumentException("there are too few pairs, or a half of one is missing");
        }
        int n = champion.length;
        double[] differences = new double[n];
        Arrays.setAll(differences, i -> challenger[i] - champion[i]);
        Arrays.sort(differences);
        int trimmed = (int) (TRIMMED * n);
        int kept = n - 2 * trimmed;
        double mean = Arrays.stream(differences, trimmed, n - trimmed).sum() / kept;
        double winsorisedMean = 0;
        for (int i = 0; i < n; i++) {
            winsorisedMean += winsorised(differences, i, trimmed) / n;
        }
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double deviation = winsorised(differences, i, trimmed) - winsorisedMean;
            squares += deviation * deviation;
        }
        double error = Math.sqrt(squares / (kept * (kept - 1.0)));
        double quantile = TDistribution.of(kept - 1).inverseCumulativeProbability(CONFIDENCE);
        return new PairedComparison(n, mean, mean - quantile * error);
    }

    private static double winsorised(double[] ascending, int i, int trimmed) {
        return ascending[Math.max(trimmed, Math.min(ascending.length - 1 - trimmed, i))];
    }
}
