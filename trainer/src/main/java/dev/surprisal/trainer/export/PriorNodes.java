package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.TrainedVae.Mixture;

/** log p(z) = log sum_k w_k N(z; mu_k, sigma_k^2), with the squares multiplied out so that two matrix products do the work. */
final class PriorNodes {

    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    private PriorNodes() {}

    /**
     * The log-density of samples.
     *
     * @param sample [L, N, K]
     * @return [L, N]
     */
    static Value logDensity(Graph graph, Mixture mixture, Value sample) {
        int components = mixture.components();
        int latent = mixture.mean().length / components;
        double[] bySquare = new double[latent * components];
        double[] bySample = new double[latent * components];
        double[] constant = new double[components];
        for (int k = 0; k < components; k++) {
            constant[k] = mixture.logWeight()[k] - 0.5 * latent * LOG_2_PI;
            for (int j = 0; j < latent; j++) {
                double mean = mixture.mean()[k * latent + j];
                double logVariance = mixture.logVariance()[k * latent + j];
                double precision = Math.exp(-logVariance);
                bySquare[j * components + k] = -0.5 * precision;
                bySample[j * components + k] = mean * precision;
                constant[k] -= 0.5 * (mean * mean * precision + logVariance);
            }
        }
        // Where sigma_k is small, the squares are large and cancel: in single precision the sum would be off by up to a
        // thousandth of a nat.
        Value precise = graph.toDouble(sample);
        Value exponents = graph.add(
                graph.add(
                        graph.product(graph.square(precise), graph.doubles(bySquare, latent, components)),
                        graph.product(precise, graph.doubles(bySample, latent, components))),
                graph.doubles(constant, components));
        Value energies = graph.toFloat(exponents);
        return graph.logSumExp(energies, -1);
    }
}
