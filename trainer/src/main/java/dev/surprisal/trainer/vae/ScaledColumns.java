package dev.surprisal.trainer.vae;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Number columns with one learned scale each: their targets, residuals and scales.
 *
 * <p>scale^2 = 0.1^2 + exp(2 a) with a in [-9, 4]: the floor, a tenth of the column's deviation, keeps columns that the decoder reconstructs
 * perfectly from deciding every score. Missing values have the residual 0 and are not counted.
 */
final class ScaledColumns {

    private static final double FLOOR = 0.01;
    private static final double LEAST_LOG = -9;
    private static final double GREATEST_LOG = 4;
    private static final double START = Math.log(0.5);

    private final int[] columns;
    private final Parameters.Block logScale;
    private final int size;
    private final float[] targetValues;
    private final float[] knownValues;
    private final RowWeights weights;
    private INDArray target;
    private INDArray known;
    private boolean allKnown;

    ScaledColumns(Parameters parameters, int[] columns, int size, RowWeights weights) {
        this.columns = columns;
        this.size = size;
        logScale = parameters.add(1, columns.length);
        targetValues = new float[size * columns.length];
        knownValues = new float[size * columns.length];
        this.weights = weights;
    }

    int[] columns() {
        return columns;
    }

    DataType type() {
        return logScale.values().dataType();
    }

    /** After the parameters were allocated. */
    void initialise() {
        DataType type = type();
        logScale.values().assign(START);
        target = Elementwise.zeros(type, size, columns.length);
        known = Elementwise.zeros(type, size, columns.length);
    }

    void load(Batch batch) {
        allKnown = true;
        for (int i = 0, at = 0; i < size; i++) {
            for (int j = 0; j < columns.length; j++, at++) {
                float value = batch.number(i, columns[j]);
                boolean missing = Float.isNaN(value);
                targetValues[at] = missing ? 0 : value;
                knownValues[at] = missing ? 0 : 1;
                allKnown &= !missing;
            }
        }
        Elementwise.put(targetValues, target);
        if (!allKnown) {
            Elementwise.put(knownValues, known);
        }
    }

    /** The weights of the rows in which a column is known, added up. */
    double weight(int j) {
        if (allKnown) {
            return weights.sum();
        }
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += weights.of(i) * knownValues[i * columns.length + j];
        }
        return sum;
    }

    /** Adds up, row by row, a value per column over the columns that are known. */
    void addKnown(double[] perColumn, double[] perRow) {
        if (allKnown) {
            double sum = Arrays.stream(perColumn).sum();
            for (int i = 0; i < size; i++) {
                perRow[i] += sum;
            }
            return;
        }
        for (int i = 0, at = 0; i < size; i++) {
            for (int j = 0; j < columns.length; j++, at++) {
                perRow[i] += knownValues[at] * perColumn[j];
            }
        }
    }

    /** result = target - mean, 0 where missing. */
    void residual(INDArray mean, INDArray result) {
        Elementwise.subtract(target, mean, result);
        if (!allKnown) {
            Elementwise.multiply(result, known, result);
        }
    }

    double variance(int j) {
        return variance(logScale.values().getDouble(0, j));
    }

    /** Takes the gradient of the bound by a column's variance on to its parameter. */
    void putVarianceGradient(int j, double byVariance) {
        double a = logScale.values().getDouble(0, j);
        boolean free = a > LEAST_LOG && a < GREATEST_LOG;
        logScale.gradient().putScalar(0, j, free ? byVariance * 2 * Math.exp(2 * a) : 0);
    }

    void describe(float[] scale) {
        for (int j = 0; j < columns.length; j++) {
            scale[columns[j]] = (float) Math.sqrt(variance(j));
        }
    }

    private static double variance(double a) {
        return FLOOR + Math.exp(2 * Math.max(LEAST_LOG, Math.min(GREATEST_LOG, a)));
    }
}
