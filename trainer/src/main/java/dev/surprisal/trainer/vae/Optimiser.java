package dev.surprisal.trainer.vae;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.AdamUpdater;
import org.nd4j.linalg.learning.config.Adam;

/** Adam (Kingma and Ba 2015) on all parameters at once. */
final class Optimiser {

    /** The norm that a gradient, per record and column, is cut to. */
    private static final double GREATEST_NORM = 5;

    private final Parameters parameters;
    private final Adam adam = new Adam(1);
    private final AdamUpdater updater;
    /** [1, 2 P] */
    private final INDArray moments;

    Optimiser(Parameters parameters) {
        this.parameters = parameters;
        INDArray values = parameters.values();
        updater = new AdamUpdater(adam);
        moments = Nd4j.zeros(values.dataType(), 1, 2 * values.length());
        updater.setStateViewArray(moments, values.shape(), 'c', true);
    }

    /**
     * One step up the gradient, which is first multiplied by a factor and cut.
     *
     * @param step how many were done before
     */
    void ascend(int step, double factor, double rate) {
        INDArray gradient = parameters.gradient();
        double norm = gradient.norm2Number().doubleValue() * factor;
        gradient.muli(-factor * Math.min(1, GREATEST_NORM / norm));
        adam.setLearningRate(rate);
        updater.applyUpdater(gradient, step, 0);
        parameters.values().subi(gradient);
    }

    /** A copy of the gradient's moments. */
    float[] moments() {
        return moments.data().asFloat();
    }

    void restore(float[] savedMoments) {
        Elementwise.put(savedMoments, moments);
    }
}
