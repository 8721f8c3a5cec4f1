package dev.surprisal.trainer.vae;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A distribution p(x | z) of some columns, given what the decoder's head puts out for them.
 *
 * <p>A new one is a class of its own, one line in {@link Likelihoods}, and its nodes in the export.
 */
interface Likelihood {

    /** The columns of the whole model's head that it takes, in the order of its outputs. */
    int[] headColumns();

    /** Gives parameters of its own their starting values. */
    default void initialise() {}

    /** Takes the columns' values of a batch. */
    void load(Batch batch);

    /**
     * Adds each row's log p(x | z), nats.
     *
     * @param output [N, outputs] of the head
     * @param perRow [N]
     */
    void addLogProbability(INDArray output, double[] perRow);

    /**
     * The gradient of the weighted sum over the rows that {@link #addLogProbability} has just been given.
     *
     * @param gradient [N, outputs] receives the gradient of each row's by the output, without its weight; the weighted one by the likelihood's own
     *     parameters goes to theirs
     */
    void gradient(INDArray output, INDArray gradient);

    /** Puts parameters of its own where the columns stand: [D] scales and [D] degrees of freedom. */
    default void describe(float[] scale, float[] degreesOfFreedom) {}
}
