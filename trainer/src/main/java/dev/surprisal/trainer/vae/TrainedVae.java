package dev.surprisal.trainer.vae;

import java.util.List;

/**
 * The parameters of a trained variational autoencoder, as plain arrays: what the export needs to know of it.
 *
 * <p>Input x' = [ (number - mean) / deviation, clipped to +-{@value #CLIP}, 0 where missing | one-hot of the codes 1..V of each category
 * column, all 0 for the codes 0 and -1 ]. Encoder: dense layers with SiLU, then {@code posterior} gives [mu | log sigma^2],
 * the latter clamped to [{@value #MIN_LOG_VARIANCE}, {@value #MAX_LOG_VARIANCE}]. Decoder: dense layers with SiLU, then
 * {@code head} gives one value per number column (mean of the standardised number, log-odds of a Bernoulli, or the logarithm of a count's mean in proportion to {@code mean}, see {@link NegativeBinomial}) followed by
 * the logits of each category column and by the logarithm of the variance of each heteroscedastic one, see {@link LatentVariance}.
 *
 * <p>Log-probabilities of numbers are densities of the <em>standardised</em> number; those of booleans, counts and categories are probabilities.
 *
 * @param columns the D number and C category columns
 * @param mean [D] of the known training values, in the fields' own units
 * @param deviation [D] standard deviation of the known training values, 1 where it is 0
 * @param encoder hidden layers of the encoder
 * @param posterior last hidden layer to [mu | log sigma^2], 2 K outputs
 * @param decoder hidden layers of the decoder
 * @param head last hidden layer to {@link Columns#headOutputs} outputs
 * @param scale [D] of the likelihood, in standardised units; of counts relative to the mean, s in the variance m + s^2 m^2; 1 where the likelihood has none
 * @param degreesOfFreedom [D] of Student's t; infinite where the likelihood is another
 * @param prior the distribution of z
 */
public record TrainedVae(
        Columns columns,
        float[] mean,
        float[] deviation,
        List<Dense> encoder,
        Dense posterior,
        List<Dense> decoder,
        Dense head,
        float[] scale,
        float[] degreesOfFreedom,
        Mixture prior) {

    public static final float CLIP = 1e6f;
    public static final float MIN_LOG_VARIANCE = -10;
    public static final float MAX_LOG_VARIANCE = 6;

    public TrainedVae {
        encoder = List.copyOf(encoder);
        decoder = List.copyOf(decoder);
    }

    /** K, the number of latent dimensions. */
    public int latentSize() {
        return posterior.outputs() / 2;
    }

    /**
     * A mixture of diagonal normal distributions over z. The standard normal is the one component with mean 0 and log-variance 0; a
     * VampPrior (Tomczak and Welling 2018) has one component per pseudo-input, the encoder's posterior there.
     *
     * @param components M
     * @param mean M x K, row-major
     * @param logVariance M x K, row-major
     * @param logWeight [M], the logarithms of weights that add up to 1
     */
    public record Mixture(int components, float[] mean, float[] logVariance, float[] logWeight) {}
}
