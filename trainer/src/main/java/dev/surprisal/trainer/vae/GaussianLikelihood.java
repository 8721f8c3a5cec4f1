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
    private final RowWeights weights;
    private INDArray residual;
    private INDArray scaled;
    private INDArray squares;
    private INDArray precision;
    private INDArray sums;
    private INDArray rowSums;
    private Product sum;
    private Product rowSum;

    GaussianLikelihood(Parameters parameters, int[] columns, int size, RowWeights weights) {
        this.columns = new ScaledColumns(parameters, columns, size, weights);
        this.size = size;
        this.weights = weights;
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
        scaled = Elementwise.zeros(type, size, d);
        squares = Elementwise.zeros(type, size, d);
        precision = Elementwise.zeros(type, 1, d);
        sums = Elementwise.zeros(type, 1, d);
        rowSums = Elementwise.zeros(type, size, 1);
        sum = Product.of(weights.asRow(), squares, sums);
        rowSum = Product.of(squares, Elementwise.ones(type, d, 1), rowSums);
    }

    @Override
    public void load(Batch batch) {
        columns.load(batch);
    }

    @Override
    public void addLogProbability(INDArray output, double[] perRow) {
        int d = columns.columns().length;
        double[] constant = new double[d];
        for (int j = 0; j < d; j++) {
            double variance = columns.variance(j);
            precision.putScalar(0, j, 1 / variance);
            constant[j] = -0.5 * (LOG_2_PI + Math.log(variance));
        }
        columns.residual(output, residual);
        Elementwise.multiplyRow(residual, precision, scaled);
        Elementwise.multiply(residual, scaled, squares);
        rowSum.set();
        columns.addKnown(constant, perRow);
        Elementwise.addTimes(-0.5, rowSums, perRow);
    }

    @Override
    public void gradient(INDArray output, INDArray gradient) {
        gradient.assign(scaled);
        sum.set();
        for (int j = 0; j < columns.columns().length; j++) {
            columns.putVarianceGradient(j, 0.5 * (sums.getDouble(0, j) - columns.weight(j)) / columns.variance(j));
        }
    }

    @Override
    public void describe(float[] scale, float[] degreesOfFreedom) {
        columns.describe(scale);
    }
}
