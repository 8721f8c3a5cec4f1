package dev.surprisal.trainer.vae;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How much each of a batch's N rows counts in the gradient: 1 to climb its bound, 0 to leave the row out, less than 0 to push its bound down. */
final class RowWeights {

    private final double[] values;
    private final INDArray row;
    private final INDArray column;
    private boolean uniform;
    private double sum;

    RowWeights(DataType type, int size) {
        values = new double[size];
        row = Elementwise.zeros(type, 1, size);
        column = row.reshape('c', size, 1);
        Arrays.fill(values, 1);
        set(values);
    }

    /** Takes one weight a row. */
    void set(double[] weights) {
        System.arraycopy(weights, 0, values, 0, values.length);
        Elementwise.put(values, row);
        uniform = Arrays.stream(values).allMatch(weight -> weight == 1);
        sum = Arrays.stream(values).sum();
    }

    double of(int n) {
        return values[n];
    }

    double sum() {
        return sum;
    }

    /** [1, N]: its product with a matrix gives weighted sums over the rows. */
    INDArray asRow() {
        return row;
    }

    /** Multiplies every row of a matrix by its weight. */
    void scale(INDArray matrix) {
        if (!uniform) {
            Elementwise.multiplyColumn(matrix, column, matrix);
        }
    }
}
