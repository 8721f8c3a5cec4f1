package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.TrainedVae;
import org.apache.commons.numbers.gamma.LogGamma;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * log p(x | m) = log G((v+1)/2) - log G(v/2) - 1/2 log(v pi s^2) - (v+1)/2 log(1 + (x - m)^2 / (v s^2))
 *
 * <p>Its deviation is told as that of the normal distribution with the same central 95 %: the true one may be many times wider than any interval that
 * holds 95 %.
 */
final class StudentTNodes {

    private static final double NORMAL_QUANTILE = 1.959963984540054;

    private StudentTNodes() {}

    static LikelihoodNodes of(Graph graph, TrainedVae vae, int[] columns, NumberInput input, Value means) {
        Value residual = graph.subtract(input.standardised(), means);
        Value precision =
                ScaledNodes.perColumn(graph, columns, column -> 1 / (degrees(vae, column) * variance(vae, column)));
        Value power = ScaledNodes.perColumn(graph, columns, column -> -(degrees(vae, column) + 1) / 2);
        Value constant = ScaledNodes.perColumn(graph, columns, column -> constant(vae, column));
        Value ratio = graph.multiply(graph.square(residual), precision);
        Value logOnePlusRatio = graph.log(graph.add(ratio, graph.scalar(1)));
        Value logProbability =
                graph.multiply(graph.add(graph.multiply(logOnePlusRatio, power), constant), input.known());
        return ScaledNodes.of(graph, vae, columns, means, logProbability, column -> deviation(vae, column));
    }

    private static double constant(TrainedVae vae, int column) {
        double v = degrees(vae, column);
        return LogGamma.value((v + 1) / 2)
                - LogGamma.value(v / 2)
                - 0.5 * Math.log(v * Math.PI * variance(vae, column));
    }

    private static double deviation(TrainedVae vae, int column) {
        double quantile = TDistribution.of(degrees(vae, column)).inverseCumulativeProbability(0.975);
        return vae.scale()[column] * quantile / NORMAL_QUANTILE;
    }

    private static double degrees(TrainedVae vae, int column) {
        return vae.degreesOfFreedom()[column];
    }

    private static double variance(TrainedVae vae, int column) {
        return (double) vae.scale()[column] * vae.scale()[column];
    }
}
