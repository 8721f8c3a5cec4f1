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
     * The sum over the batch of log p(x | z), nats, and its gradient.
     *
     * @param output [N, outputs] of the head
     * @param gradient [N, outputs] receives the gradient by the output; that by the likelihood's own parameters goes to theirs
     */
    double gradient(INDArray output, INDArray gradient);

    /** Puts parameters of its own where the columns stand: [D] scales and [D] degrees of freedom. */
    default void describe(float[] scale, float[] degreesOfFreedom) {}
}
