package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.vae.Columns.Categorical;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.SoftMax;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A categorical distribution of one column: a softmax of the decoder's logits over the known values, beside the fixed mass u of all unseen ones.
 *
 * <p>log p(c) = log(1 - u) + log softmax_c for a known value c, log u for an unseen one. By the logits: onehot(c) - softmax for a known value, 0 otherwise.
 */
final class CategoricalLikelihood implements Likelihood {

    private final int column;
    private final int[] headColumns;
    private final double logUnseen;
    private final double logSeen;
    private final int size;
    private final int[] codes;
    private final float[] oneHotValues;
    private final float[] knownValues;
    private final INDArray oneHot;
    private final INDArray known;
    private final INDArray probabilities;

    /**
     * @param column among the category columns
     * @param headColumn the first of the model's head that belongs to it
     */
    CategoricalLikelihood(DataType type, Categorical distribution, int column, int headColumn, int size) {
        this.column = column;
        this.size = size;
        int values = distribution.values();
        headColumns = new int[values];
        Arrays.setAll(headColumns, value -> headColumn + value);
        logUnseen = Math.log(distribution.unseenProbability());
        logSeen = Math.log1p(-distribution.unseenProbability());
        codes = new int[size];
        oneHotValues = new float[size * values];
        knownValues = new float[size];
        oneHot = Elementwise.zeros(type, size, values);
        known = Elementwise.zeros(type, size, 1);
        probabilities = Elementwise.zeros(type, size, values);
    }

    @Override
    public int[] headColumns() {
        return headColumns;
    }

    @Override
    public void load(Batch batch) {
        Arrays.fill(oneHotValues, 0);
        for (int i = 0; i < size; i++) {
            codes[i] = batch.code(i, column);
            boolean isKnown = codes[i] > 0 && codes[i] <= headColumns.length;
            knownValues[i] = isKnown ? 1 : 0;
            if (isKnown) {
                oneHotValues[i * headColumns.length + codes[i] - 1] = 1;
            }
        }
        Elementwise.put(oneHotValues, oneHot);
        Elementwise.put(knownValues, known);
    }

    @Override
    public void addLogProbability(INDArray output, double[] perRow) {
        Nd4j.exec(new SoftMax(output, probabilities, 1));
        for (int i = 0; i < size; i++) {
            if (knownValues[i] == 1) {
                // What a float cannot hold has less than this; the figure is for watching, the gradient does not need
                // it.
                perRow[i] += logSeen + Math.log(Math.max(probabilities.getDouble(i, codes[i] - 1), 1e-45));
            } else if (codes[i] >= 0) {
                perRow[i] += logUnseen;
            }
        }
    }

    @Override
    public void gradient(INDArray output, INDArray gradient) {
        Elementwise.subtract(oneHot, probabilities, gradient);
        Elementwise.multiplyColumn(gradient, known, gradient);
    }
}
