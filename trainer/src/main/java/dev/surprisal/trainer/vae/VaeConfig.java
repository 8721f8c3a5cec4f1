package dev.surprisal.trainer.vae;

import java.util.List;

/**
 * The shape of a network and how it is fitted.
 *
 * @param latent K, the number of latent dimensions
 * @param hidden widths of the hidden layers of the encoder; the decoder has them in reverse
 * @param pseudoInputs M of a VampPrior; 0 for the standard normal prior
 * @param batch rows a step, N
 * @param steps of the optimiser
 * @param learningRate at its height
 * @param noise standard deviation of what is added to standardised numbers at each step
 * @param masking the share of rows, in [0, 1], of which some values are hidden at each step: see {@link Batch}
 * @param beta weight of the divergence once it is annealed; with any other than 1 what is climbed is no bound on log p(x)
 * @param seed of all randomness
 */
public record VaeConfig(
        int latent,
        List<Integer> hidden,
        int pseudoInputs,
        int batch,
        int steps,
        double learningRate,
        double noise,
        double masking,
        double beta,
        long seed) {

    /** Fewer rows than this are learned by heart, unless noise is added to them. */
    private static final int FEW_ROWS = 2_000;

    public VaeConfig {
        hidden = List.copyOf(hidden);
        if (latent < 1 || hidden.isEmpty() || batch < 1 || steps < 1) {
            throw new IllegalArgumentException("a network needs latent dimensions, hidden layers, rows and steps");
        }
        if (!(masking >= 0 && masking <= 1)) {
            throw new IllegalArgumentException("the share of rows with hidden values must lie in [0, 1]");
        }
        if (!(beta >= 0 && beta < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the weight of the divergence must be a number from 0 on");
        }
    }

    /** One that climbs the evidence lower bound itself: beta is 1. */
    public VaeConfig(
            int latent,
            List<Integer> hidden,
            int pseudoInputs,
            int batch,
            int steps,
            double learningRate,
            double noise,
            double masking,
            long seed) {
        this(latent, hidden, pseudoInputs, batch, steps, learningRate, noise, masking, 1, seed);
    }

    /** The same, but for the seed. */
    public VaeConfig withSeed(long other) {
        return new VaeConfig(latent, hidden, pseudoInputs, batch, steps, learningRate, noise, masking, beta, other);
    }

    /** The same, but for the weight of the divergence. */
    public VaeConfig withBeta(double other) {
        return new VaeConfig(latent, hidden, pseudoInputs, batch, steps, learningRate, noise, masking, other, seed);
    }

    /**
     * The same for records of which values may be missing: in half the rows of a step some are hidden. Not for others, as it costs precision where records lie close to a
     * surface: the average precision on one table fell from 0.82 to 0.41.
     */
    public VaeConfig forMissingValues() {
        return new VaeConfig(latent, hidden, pseudoInputs, batch, steps, learningRate, noise, 0.5, beta, seed);
    }

    /** What has proven itself on tables of any kind; nothing is tuned to one. */
    public static VaeConfig defaults(int rows, long seed) {
        int steps = (int) Math.max(600, Math.min(6_500, Math.round(40 * Math.sqrt(rows))));
        return new VaeConfig(
                16,
                List.of(128, 128),
                Math.min(256, rows),
                Math.min(256, rows),
                steps,
                5e-3,
                rows < FEW_ROWS ? 0.4 : 0,
                0,
                seed);
    }
}
