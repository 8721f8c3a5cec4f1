package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.EncodedRows;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Records that are known to be anomalies: they take an eighth of each batch, and their bounds J are pushed below a line that the bounds of the other rows draw.
 *
 * <p>To the objective each adds -log(1 + exp(J - line)), whose gradient is that of J times -1 / (1 + exp(line - J)): it is strong where an anomaly is as probable as
 * a normal record, and ends a few nats below the line. The line lies twice as far below the median of the batch's other rows as their lowest twentieth, and is a
 * constant to the gradient. This is outlier exposure (Hendrycks, Mazeika and Dietterich 2019) of the bound itself, so the model stays one of normal records.
 */
final class KnownAnomalies {

    private static final int SHARE = 8;
    private static final double LOWEST = 0.05;

    private final EncodedRows rows;

    /** @param rows at least one */
    KnownAnomalies(EncodedRows rows) {
        this.rows = rows;
    }

    /** How many of a batch's rows are anomalies: the last ones. */
    static int count(int batch) {
        return batch / SHARE;
    }

    /** Puts some over the last rows of a loaded batch. */
    void load(Batch batch, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] some = random.ints(count(batch.size()), 0, rows.size()).toArray();
        batch.replaceLast(rows, some);
    }

    /**
     * Weighs the rows of a batch.
     *
     * @param bounds [N] nats
     * @param weights [N] receives 1 for the others, and what the gradient asks for of the anomalies
     */
    static void weigh(double[] bounds, double[] weights) {
        int others = bounds.length - count(bounds.length);
        double[] sorted = Arrays.copyOf(bounds, others);
        Arrays.sort(sorted);
        double median = sorted[others / 2];
        double line = median - 2 * (median - sorted[(int) (LOWEST * others)]);
        Arrays.fill(weights, 0, others, 1);
        for (int i = others; i < bounds.length; i++) {
            weights[i] = -1 / (1 + Math.exp(line - bounds[i]));
        }
    }
}
