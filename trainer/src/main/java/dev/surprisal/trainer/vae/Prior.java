package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.vae.TrainedVae.Mixture;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The distribution p(z) that the posterior is held to. */
interface Prior {

    /** How many rows of its own it puts through the encoder, M; may be 0. */
    int pseudoInputs();

    /** Writes those rows. */
    default void placePseudoInputs(INDArray rows) {}

    /**
     * Adds, row by row, a multiple of the divergence of q(z | x) from p(z), KL(q || p) or the sample's estimate of it, nats.
     *
     * @param perRow [N]
     */
    void addDivergence(Posterior posterior, double factor, double[] perRow);

    /**
     * The gradient of -beta times the weighted sum of the divergences that {@link #addDivergence} has just been asked for: adds that by z to the sample's, and overwrites those by mu and log
     * sigma^2 of all rows.
     */
    void gradient(Posterior posterior, double beta, RowWeights weights);

    /** Takes the gradient of its rows of the encoder's input, once it is known. */
    default void backward() {}

    /** What it has become, given the encoder's posteriors at its rows. */
    Mixture toMixture(Posterior posterior);
}
