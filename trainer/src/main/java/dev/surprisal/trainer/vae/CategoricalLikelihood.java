package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.vae.Columns.Categorical;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Categorical distributions of all category columns: of each a softmax of the decoder's logits over the known values, beside the fixed mass u of all unseen ones.
 *
 * <p>log p(c) = log(1 - u) + log softmax_c for a known value c, log u for an unseen one. By the logits: onehot(c) - softmax for a known value, 0 otherwise.
 *
 * <p>The columns stand side by side in one layer, and their softmaxes are computed in plain Java: with dozens of narrow columns, calls of array operations would take far longer than
 * the arithmetic.
 */
final class CategoricalLikelihood implements Likelihood {

    private final List<Categorical> columns;
    private final int[] headColumns;
    private final double[] logUnseen;
    private final double[] logSeen;
    private final int size;
    private final int[] codes;
    private final double[] values;

    /**
     * @param columns all category columns
     * @param headColumn the first of the model's head that belongs to them
     */
    CategoricalLikelihood(List<Categorical> columns, int headColumn, int size) {
        this.columns = columns;
        this.size = size;
        int width = columns.stream().mapToInt(Categorical::values).sum();
        headColumns = new int[width];
        Arrays.setAll(headColumns, value -> headColumn + value);
        logUnseen = columns.stream()
                .mapToDouble(column -> Math.log(column.unseenProbability()))
                .toArray();
        logSeen = columns.stream()
                .mapToDouble(column -> Math.log1p(-column.unseenProbability()))
                .toArray();
        codes = new int[size * columns.size()];
        values = new double[size * width];
    }

    @Override
    public int[] headColumns() {
        return headColumns;
    }

    @Override
    public void load(Batch batch) {
        for (int i = 0, at = 0; i < size; i++) {
            for (int j = 0; j < columns.size(); j++, at++) {
                codes[at] = batch.code(i, j);
            }
        }
    }

    @Override
    public void addLogProbability(INDArray output, double[] perRow) {
        Elementwise.get(output, values);
        for (int i = 0, at = 0, from = 0; i < size; i++) {
            for (int j = 0; j < columns.size(); j++, at++) {
                int to = from + columns.get(j).values();
                double logSum = turnIntoSoftmax(from, to, codes[at]);
                if (isKnown(j, codes[at])) {
                    perRow[i] += logSeen[j] + logSum;
                } else if (codes[at] >= 0) {
                    perRow[i] += logUnseen[j];
                }
                from = to;
            }
        }
    }

    /** Turns logits into probabilities; returns the logarithm of that of a code, 0 where it is none of the known. */
    private double turnIntoSoftmax(int from, int to, int code) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (int k = from; k < to; k++) {
            greatest = Math.max(greatest, values[k]);
        }
        boolean known = code > 0 && code <= to - from;
        double logit = known ? values[from + code - 1] : 0;
        double sum = 0;
        for (int k = from; k < to; k++) {
            values[k] = Math.exp(values[k] - greatest);
            sum += values[k];
        }
        for (int k = from; k < to; k++) {
            values[k] /= sum;
        }
        return known ? logit - greatest - Math.log(sum) : 0;
    }

    @Override
    public void gradient(INDArray output, INDArray gradient) {
        for (int i = 0, at = 0, from = 0; i < size; i++) {
            for (int j = 0; j < columns.size(); j++, at++) {
                int to = from + columns.get(j).values();
                boolean known = isKnown(j, codes[at]);
                for (int k = from; k < to; k++) {
                    values[k] = known ? -values[k] : 0;
                }
                if (known) {
                    values[from + codes[at] - 1] += 1;
                }
                from = to;
            }
        }
        Elementwise.put(values, gradient);
    }

    private boolean isKnown(int column, int code) {
        return code > 0 && code <= columns.get(column).values();
    }
}
