package dev.surprisal.trainer.vae;

import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Normal distributions of which the decoder gives both the means and the variances s^2; see {@link LatentVariance}.
 *
 * <p>log p(x | m, o) = -1/2 (log(2 pi s^2) + r^2 / s^2) with r = x - m. By m: r / s^2. By o: 1/2 (r^2 / s^2 - 1) / s^2 times that of s^2.
 *
 * <p>In plain Java: the arrays are small, and their operations would take longer to call than to do.
 */
final class HeteroscedasticLikelihood implements Likelihood {

    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    private final int[] columns;
    private final int[] headColumns;
    private final int size;
    /** [N, columns], standardised; NaN = missing. */
    private final double[] targets;
    /** [N, 2 columns] of the head, the means before the logarithms; after the gradient, that. */
    private final double[] values;

    HeteroscedasticLikelihood(Columns all, int[] columns, int size) {
        this.columns = columns;
        this.size = size;
        headColumns = IntStream.concat(
                        IntStream.of(columns), IntStream.of(columns).map(all::varianceOutput))
                .toArray();
        targets = new double[size * columns.length];
        values = new double[size * headColumns.length];
    }

    @Override
    public int[] headColumns() {
        return headColumns;
    }

    @Override
    public void load(Batch batch) {
        for (int i = 0, at = 0; i < size; i++) {
            for (int column : columns) {
                targets[at++] = batch.number(i, column);
            }
        }
    }

    @Override
    public void addLogProbability(INDArray output, double[] perRow) {
        Elementwise.get(output, values);
        int d = columns.length;
        for (int i = 0; i < size; i++) {
            for (int j = 0, mean = i * 2 * d; j < d; j++, mean++) {
                double target = targets[i * d + j];
                if (!Double.isNaN(target)) {
                    perRow[i] += logProbability(target - values[mean], LatentVariance.of(values[mean + d]));
                }
            }
        }
    }

    private static double logProbability(double residual, double variance) {
        return -0.5 * (LOG_2_PI + Math.log(variance) + residual * residual / variance);
    }

    @Override
    public void gradient(INDArray output, INDArray gradient) {
        int d = columns.length;
        for (int i = 0; i < size; i++) {
            for (int j = 0, mean = i * 2 * d; j < d; j++, mean++) {
                double target = targets[i * d + j];
                boolean missing = Double.isNaN(target);
                double residual = missing ? 0 : target - values[mean];
                double variance = LatentVariance.of(values[mean + d]);
                double byVariance = missing ? 0 : 0.5 * (residual * residual / variance - 1) / variance;
                values[mean] = residual / variance;
                values[mean + d] = byVariance * LatentVariance.gradient(values[mean + d]);
            }
        }
        Elementwise.put(values, gradient);
    }
}
