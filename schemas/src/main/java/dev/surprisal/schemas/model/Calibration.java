package dev.surprisal.schemas.model;

import java.util.Arrays;

/**
 * How improbable a score is among normal records: what held-out normal records scored, kept small.
 *
 * <p>The conformal p-value of a score s among n calibration scores is p = (1 + #{calibration scores >= s}) / (n + 1). A normal record that is
 * exchangeable with them has p <= a with a probability of at most a (Vovk et al. 2005). Exact where s reaches into the tail; below it,
 * where p is large, rounded up to the next of {@value #BODY} steps.
 *
 * <p>Above the {@value #JUNCTION}th largest calibration score c, where these p-values get coarse and end at 1 / (n + 1), the generalised Pareto tail goes on, if there is one: p =
 * {@value #JUNCTION} / (n + 1) P(S > s) / P(S > c). If the tail is that of the scores, P(S > s) / P(S > c) is uniform for a normal record beyond c, whatever c is, so that p <= a still has the probability a.
 * No further than {@value #REACH} times beyond 1 / (n + 1): nothing is known of what no record came near.
 *
 * @param records n, how many calibration records there were
 * @param body order statistics of their scores at the ranks ceil(k n / {@value #BODY}), k = 0.., ascending, from the least to the greatest
 * @param tail their largest scores, at most {@value #TAIL}, ascending
 * @param typicalLogProbability [D+C] the median of each column's log-probability, in nats: what is usual for that column
 * @param beyond the distribution of scores beyond the calibration's resolution; null where none fits, and before format 1.1
 * @param removal what is usual where a column is removed; null before format 1.1
 */
public record Calibration(
        long records,
        double[] body,
        double[] tail,
        double[] typicalLogProbability,
        ParetoTail beyond,
        Removal removal) {

    /** How many steps the body has. */
    public static final int BODY = 1_000;
    /** How many scores the tail has at most. */
    public static final int TAIL = 1_000;
    /** Which of the largest scores the Pareto tail goes on from: a single one, such as a record that is not normal after all, would be a poor start. */
    public static final int JUNCTION = 10;
    /** How far the Pareto tail is trusted. */
    public static final int REACH = 1_000;

    public Calibration {
        if (records < 1 || tail.length != Math.min(records, TAIL) || body.length != BODY + 1) {
            throw new IllegalArgumentException("a calibration needs at least one record, its body and its tail");
        }
        if (beyond != null
                && (tail.length < JUNCTION
                        || !(beyond.survival(tail[tail.length - JUNCTION], tail[tail.length - 1]) > 0))) {
            throw new IllegalArgumentException("the distribution of the tail does not reach the largest scores");
        }
    }

    /** Summarises calibration scores, given in any order, without a distribution beyond them. */
    public static Calibration of(double[] scores, double[] typicalLogProbability) {
        return of(scores, typicalLogProbability, null, null);
    }

    /** Summarises calibration scores, given in any order. */
    public static Calibration of(double[] scores, double[] typicalLogProbability, ParetoTail beyond, Removal removal) {
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        double[] body = new double[BODY + 1];
        for (int k = 0; k <= BODY; k++) {
            body[k] = sorted[Math.max(0, (int) Math.ceil((double) k * n / BODY) - 1)];
        }
        double[] tail = Arrays.copyOfRange(sorted, Math.max(0, n - TAIL), n);
        return new Calibration(n, body, tail, typicalLogProbability, beyond, removal);
    }

    /** The p-value of a score, in [{@link #finest}, 1]; it never grows with the score. */
    public double pValue(double score) {
        if (beyond == null || !(score > junction())) {
            return (1.0 + atLeast(score)) / (records + 1.0);
        }
        return Math.max(finest(), JUNCTION * resolution() * beyond.survival(junction(), score));
    }

    private double junction() {
        return tail[tail.length - JUNCTION];
    }

    /** The smallest conformal p-value there can be: down to this rate, alarms hold whatever the scores' distribution is. */
    public double resolution() {
        return 1 / (records + 1.0);
    }

    /** The smallest p-value there can be: the finest alarm rate that can flag anything. */
    public double finest() {
        return beyond == null ? resolution() : resolution() / REACH;
    }

    /** How many calibration scores are at least the given one; in the body an upper bound. */
    private long atLeast(double score) {
        if (score > tail[0] || tail.length == records) {
            return (long) tail.length - below(tail, score);
        }
        int below = below(body, score);
        return below == 0 ? records : records - (long) Math.ceil((double) (below - 1) * records / BODY);
    }

    /** How many of the ascending values are less than the given one. */
    private static int below(double[] ascending, double value) {
        int low = 0;
        int high = ascending.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ascending[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
