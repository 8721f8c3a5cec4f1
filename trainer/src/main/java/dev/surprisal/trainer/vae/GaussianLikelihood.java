package dev.surprisal.trainer.vae;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Normal distributions around the decoder's means, one learned variance s^2 a column.
 *
 * <p>log p(x | m) = -1/2 (log(2 pi s^2) + r^2 / s^2) with r = x - m. By m: r / s^2. By s^2: 1/2 (r^2 / s^4 - 1 / s^2).
 */
final class GaussianLikelihood implements Likelihood {

    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    private final ScaledColumns columns;
    private final int size;
    private INDArray residual;
    private INDArray squares;
    private INDArray precision;
    private INDArray sums;
    private Product sum;

    GaussianLikelihood(Parameters parameters, int[] columns, int size) {
        this.columns = new ScaledColumns(parameters, columns, size);
        this.size = size;
    }

    @Override
    public int[] headColumns() {
        return columns.columns();
    }

    @Override
    public void initialise() {
        columns.initialise();
        int d = columns.columns().length;
        DataType type = columns.type();
        residual = Elementwise.zeros(type, size, d);
        squares = Elementwise.zeros(type, size, d);
        precision = Elementwise.zeros(type, 1, d);
        sums = Elementwise.zeros(type, 1, d);
        sum = Product.of(Elementwise.ones(type, 1, size), squares, sums);
    }

    @Override
    public void load(Batch batch) {
        columns.load(batch);
    }

    @Override
    public double gradient(INDArray output, INDArray gradient) {
        int d = columns.columns().length;
        for (int j = 0; j < d; j++) {
            precision.putScalar(0, j, 1 / columns.variance(j));
        }
        columns.residual(output, residual);
        Elementwise.multiplyRow(residual, precision, gradient);
        Elementwise.multiply(residual, gradient, squares);
        sum.set();
        double logProbability = 0;
        for (int j = 0; j < d; j++) {
            double variance = columns.variance(j);
            double scaledSquares = sums.getDouble(0, j);
            logProbability -= 0.5 * (columns.count(j) * (LOG_2_PI + Math.log(variance)) + scaledSquares);
            columns.putVarianceGradient(j, 0.5 * (scaledSquares - columns.count(j)) / variance);
        }
        return logProbability;
    }

    @Override
    public void describe(float[] scale, float[] degreesOfFreedom) {
        columns.describe(scale);
    }
}
