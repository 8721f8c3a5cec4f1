package dev.surprisal.scorer.drift;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/**
 * The population stability index of a window beside the reference: the sum over cells of (p - q) ln(p / q), with p the share of the window and q that of the reference (Lewis 1994). It is the
 * Jeffreys divergence of the two.
 *
 * <p>It is positive even where nothing has changed, the more so the fewer records there are: with n and m of them in k cells, by about (k - 1) (1/n + 1/m) (Yurdakul and Naranjo 2020). So what chance explains is
 * no drift, by the chi-squared test of whether two samples have the same distribution; cells in which fewer than {@value #FEWEST_EXPECTED} records are expected are put together for that, without which the test would not hold.
 *
 * @param value the index, at least 0
 * @param chance how often two samples of the same distribution are at least as unlike, in [0, 1]
 * @param mostMoved the cell that adds most to the index
 */
record StabilityIndex(double value, double chance, int mostMoved) {

    /** Usual in practice: from here on, a change is worth a look. */
    static final double DRIFTING = 0.1;
    /** Usual in practice: from here on, a model should be looked after. */
    static final double DRIFTED = 0.25;
    /** Added to every share: a cell that is empty in one of them has no logarithm otherwise, and how empty it is should not matter. */
    private static final double LEAST = 0.001;

    private static final int FEWEST_EXPECTED = 10;

    /**
     * Compares.
     *
     * @param reference [k] counts
     * @param window [k] counts
     */
    static StabilityIndex of(long[] reference, long[] window) {
        double n = Arrays.stream(reference).sum();
        double m = Arrays.stream(window).sum();
        if (n == 0 || m == 0) {
            return new StabilityIndex(0, 1, 0);
        }
        double value = 0;
        double most = 0;
        int mostMoved = 0;
        for (int i = 0; i < window.length; i++) {
            double p = window[i] / m + LEAST;
            double q = reference[i] / n + LEAST;
            double part = (p - q) * Math.log(p / q);
            value += part;
            if (part > most) {
                most = part;
                mostMoved = i;
            }
        }
        return new StabilityIndex(value, chance(reference, window, n, m), mostMoved);
    }

    private static double chance(long[] reference, long[] window, double n, double m) {
        int[] rarestFirst = IntStream.range(0, window.length)
                .boxed()
                .sorted(Comparator.comparingLong(cell -> reference[cell] + window[cell]))
                .mapToInt(Integer::intValue)
                .toArray();
        double fewest = FEWEST_EXPECTED * (n + m) / Math.min(n, m);
        double statistic = 0;
        int cells = 0;
        double before = 0;
        double now = 0;
        double left = n + m;
        for (int cell : rarestFirst) {
            before += reference[cell];
            now += window[cell];
            left -= reference[cell] + window[cell];
            // What is left over after this one must be enough for another.
            if (before + now >= fewest && (left >= fewest || left == 0)) {
                double expected = m * (before + now) / (n + m);
                double difference = now - expected;
                statistic += difference * difference * (1 / expected + 1 / (before + now - expected));
                cells++;
                before = 0;
                now = 0;
            }
        }
        return cells < 2 ? 1 : ChiSquaredDistribution.of(cells - 1.0).survivalProbability(statistic);
    }

    /** @param error with which probability what did not change may be found changed */
    DriftState state(double error) {
        if (chance > error || value < DRIFTING) {
            return DriftState.STABLE;
        }
        return value >= DRIFTED ? DriftState.DRIFTED : DriftState.DRIFTING;
    }
}
