package dev.surprisal.trainer.vae;

import org.apache.commons.numbers.gamma.Digamma;
import org.apache.commons.numbers.gamma.LogGamma;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Student's t distributions around the decoder's means, one learned scale s and one learned number of degrees of freedom v a column.
 *
 * <p>log p(x | m) = log G((v+1)/2) - log G(v/2) - 1/2 log(v pi s^2) - (v+1)/2 log(1 + u) with u = r^2 / (v s^2), r = x - m. By m:
 * (v+1) r / (v s^2) / (1 + u). By s^2: (-1/2 + (v+1)/2 u/(1+u)) / s^2. By v: 1/2 (psi((v+1)/2) - psi(v/2) - 1/v - log(1+u) +
 * (v+1)/v u/(1+u)). v = 2.1 + exp(b) with b in [-5, log 3]: the variance exists, and the tails stay heavy
 * even where training records are tame. With the light tails of a large v, a few such columns decide every score of records unlike the training ones, and
 * which columns they are changes from seed to seed.
 */
final class StudentTLikelihood implements Likelihood {

    private static final double LEAST_DEGREES = 2.1;
    private static final double LEAST_LOG = -5;
    private static final double GREATEST_LOG = Math.log(3);
    private static final double START = Math.log(2);

    private final ScaledColumns columns;
    private final Parameters.Block logDegrees;
    private final int size;
    private final RowWeights weights;
    private INDArray residual;
    private INDArray scaled;
    private INDArray ratio;
    private INDArray onePlusRatio;
    private INDArray logOnePlusRatio;
    private INDArray precision;
    private INDArray degreesPlusOne;
    private INDArray logSums;
    private INDArray shareSums;
    private Product logSum;
    private Product shareSum;
    private INDArray powers;
    private INDArray rowSums;
    private Product rowSum;

    StudentTLikelihood(Parameters parameters, int[] columns, int size, RowWeights weights) {
        this.columns = new ScaledColumns(parameters, columns, size, weights);
        this.size = size;
        this.weights = weights;
        logDegrees = parameters.add(1, columns.length);
    }

    @Override
    public int[] headColumns() {
        return columns.columns();
    }

    @Override
    public void initialise() {
        columns.initialise();
        logDegrees.values().assign(START);
        int d = columns.columns().length;
        DataType type = logDegrees.values().dataType();
        residual = Elementwise.zeros(type, size, d);
        scaled = Elementwise.zeros(type, size, d);
        ratio = Elementwise.zeros(type, size, d);
        onePlusRatio = Elementwise.zeros(type, size, d);
        logOnePlusRatio = Elementwise.zeros(type, size, d);
        precision = Elementwise.zeros(type, 1, d);
        degreesPlusOne = Elementwise.zeros(type, 1, d);
        logSums = Elementwise.zeros(type, 1, d);
        shareSums = Elementwise.zeros(type, 1, d);
        powers = Elementwise.zeros(type, d, 1);
        rowSums = Elementwise.zeros(type, size, 1);
        logSum = Product.of(weights.asRow(), logOnePlusRatio, logSums);
        shareSum = Product.of(weights.asRow(), ratio, shareSums);
        rowSum = Product.of(logOnePlusRatio, powers, rowSums);
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
            double v = degrees(j);
            double variance = columns.variance(j);
            precision.putScalar(0, j, 1 / (v * variance));
            degreesPlusOne.putScalar(0, j, v + 1);
            powers.putScalar(j, 0, -(v + 1) / 2);
            constant[j] = LogGamma.value((v + 1) / 2) - LogGamma.value(v / 2) - 0.5 * Math.log(v * Math.PI * variance);
        }
        columns.residual(output, residual);
        Elementwise.multiplyRow(residual, precision, scaled);
        Elementwise.multiply(residual, scaled, ratio);
        Elementwise.log1p(ratio, logOnePlusRatio);
        rowSum.set();
        columns.addKnown(constant, perRow);
        Elementwise.addTimes(1, rowSums, perRow);
    }

    @Override
    public void gradient(INDArray output, INDArray gradient) {
        ratio.addi(1, onePlusRatio);
        Elementwise.divide(ratio, onePlusRatio, ratio);
        Elementwise.divide(scaled, onePlusRatio, gradient);
        Elementwise.multiplyRow(gradient, degreesPlusOne, gradient);
        logSum.set();
        shareSum.set();
        for (int j = 0; j < columns.columns().length; j++) {
            column(j, logSums.getDouble(0, j), shareSums.getDouble(0, j));
        }
    }

    /**
     * The gradient by a column's own parameters.
     *
     * @param logs the weighted sum of log(1 + u)
     * @param shares the weighted sum of u / (1 + u)
     */
    private void column(int j, double logs, double shares) {
        double v = degrees(j);
        double n = columns.weight(j);
        columns.putVarianceGradient(j, (-0.5 * n + (v + 1) / 2 * shares) / columns.variance(j));
        double byDegrees =
                0.5 * (n * (Digamma.value((v + 1) / 2) - Digamma.value(v / 2) - 1 / v) - logs + (v + 1) / v * shares);
        double b = logDegrees.values().getDouble(0, j);
        boolean free = b > LEAST_LOG && b < GREATEST_LOG;
        logDegrees.gradient().putScalar(0, j, free ? byDegrees * Math.exp(b) : 0);
    }

    @Override
    public void describe(float[] scale, float[] degreesOfFreedom) {
        columns.describe(scale);
        for (int j = 0; j < columns.columns().length; j++) {
            degreesOfFreedom[columns.columns()[j]] = (float) degrees(j);
        }
    }

    private double degrees(int j) {
        double b = logDegrees.values().getDouble(0, j);
        return LEAST_DEGREES + Math.exp(Math.max(LEAST_LOG, Math.min(GREATEST_LOG, b)));
    }
}
