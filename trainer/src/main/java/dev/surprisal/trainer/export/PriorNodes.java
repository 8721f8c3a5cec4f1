package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.TrainedVae.Mixture;
import java.util.List;

/**
 * log p(z) = log sum_m w_m N(z; mu_m, sigma_m^2) at z = mu + d, with the squares multiplied out so that matrix products do the work.
 *
 * <p>(z - mu_m)^2 = (mu - mu_m)^2 + d (d + 2 mu) - 2 d mu_m. The first term, large numbers that nearly cancel, is the same for all samples, so double
 * precision costs little there; the others are small where the component matters.
 */
final class PriorNodes {

    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    private PriorNodes() {}

    /**
     * The log-density of samples.
     *
     * @param mean mu [N, K]
     * @param offset d [L, N, K]; null = z is mu, and L is 1
     * @return [L, N, 1]
     */
    static Value logDensity(Graph graph, Mixture mixture, Value mean, Value offset) {
        int components = mixture.components();
        int latent = mixture.mean().length / components;
        double[] factors = new double[2 * latent * components];
        double[] constant = new double[components];
        for (int m = 0; m < components; m++) {
            constant[m] = mixture.logWeight()[m] - 0.5 * latent * LOG_2_PI;
            for (int k = 0; k < latent; k++) {
                double componentMean = mixture.mean()[m * latent + k];
                double logVariance = mixture.logVariance()[m * latent + k];
                double precision = Math.exp(-logVariance);
                factors[k * components + m] = -0.5 * precision;
                factors[(latent + k) * components + m] = componentMean * precision;
                constant[m] -= 0.5 * (componentMean * componentMean * precision + logVariance);
            }
        }

        Value wideMean = graph.toDouble(mean);
        Value meanTerms = graph.concatenate(List.of(graph.square(wideMean), wideMean), -1);
        Value atMean = graph.toFloat(graph.add(
                graph.product(meanTerms, graph.doubleConstant(factors, 2L * latent, components)),
                graph.doubleConstant(constant, components)));

        Value energies = offset == null
                ? graph.reshape(atMean, 1, -1, components)
                : graph.add(
                        graph.product(
                                offsetTerms(graph, mean, offset), graph.constant(factors, 2L * latent, components)),
                        atMean);
        return components == 1 ? energies : graph.logSumExp(energies, -1);
    }

    /** What each sample's factors multiply: d (d + 2 mu) and d [L, N, 2 K] */
    private static Value offsetTerms(Graph graph, Value mean, Value offset) {
        Value cross = graph.multiply(offset, graph.add(offset, graph.add(mean, mean)));
        return graph.concatenate(List.of(cross, offset), -1);
    }
}
