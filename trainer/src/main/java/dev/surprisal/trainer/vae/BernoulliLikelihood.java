package dev.surprisal.trainer.vae;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Bernoulli distributions, of which the decoder gives the log-odds o.
 *
 * <p>log p(x | o) = -log(1 + exp(-y)) = min(y, 0) - log(1 + exp(-|y|)) with y = o where x = 1 and y = -o where x = 0. By o: x - sigmoid(o). A value
 * counts as 1 from 1/2 on.
 */
final class BernoulliLikelihood implements Likelihood {

    private final DataType type;
    private final int[] columns;
    private final int size;
    private final float[] targetValues;
    /** 1 where x = 1, -1 where x = 0, 0 where missing. */
    private final float[] signValues;

    private final INDArray target;
    private final INDArray sign;
    private final INDArray known;
    private final INDArray agreement;
    private final INDArray work;
    private final INDArray rowSums;
    private final Product rowSum;

    BernoulliLikelihood(DataType type, int[] columns, int size) {
        this.type = type;
        this.columns = columns;
        this.size = size;
        targetValues = new float[size * columns.length];
        signValues = new float[size * columns.length];
        target = matrix();
        sign = matrix();
        known = matrix();
        agreement = matrix();
        work = matrix();
        rowSums = Elementwise.zeros(type, size, 1);
        rowSum = Product.of(agreement, Elementwise.ones(type, columns.length, 1), rowSums);
    }

    @Override
    public int[] headColumns() {
        return columns;
    }

    @Override
    public void load(Batch batch) {
        for (int i = 0, at = 0; i < size; i++) {
            for (int j = 0; j < columns.length; j++, at++) {
                float value = batch.raw(i, columns[j]);
                boolean missing = Float.isNaN(value);
                targetValues[at] = value >= 0.5f ? 1 : 0;
                signValues[at] = missing ? 0 : 2 * targetValues[at] - 1;
            }
        }
        Elementwise.put(targetValues, target);
        Elementwise.put(signValues, sign);
        Elementwise.multiply(sign, sign, known);
    }

    @Override
    public void addLogProbability(INDArray output, double[] perRow) {
        Elementwise.multiply(output, sign, agreement);
        Nd4j.exec(new Abs(agreement, work));
        // min(y, 0) = (y - |y|) / 2
        Elementwise.subtract(agreement, work, agreement);
        work.negi();
        Elementwise.exp(work, work);
        Elementwise.log1p(work, work);
        Elementwise.multiply(work, known, work);
        agreement.muli(0.5);
        Elementwise.subtract(agreement, work, agreement);
        rowSum.set();
        Elementwise.addTimes(1, rowSums, perRow);
    }

    @Override
    public void gradient(INDArray output, INDArray gradient) {
        Elementwise.sigmoid(output, gradient);
        Elementwise.subtract(target, gradient, gradient);
        Elementwise.multiply(gradient, known, gradient);
    }

    private INDArray matrix() {
        return Elementwise.zeros(type, size, columns.length);
    }
}
