package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.TrainedVae;
import org.apache.commons.numbers.gamma.LogGamma;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * log p(x | m) = log G((v+1)/2) - log G(v/2) - 1/2 log(v pi s^2) - (v+1)/2 log(1 + ((x - m) / (s sqrt v))^2)
 *
 * <p>Its deviation is told as that of the normal distribution with the same central 95 %: the true one may be many times wider than any interval that
 * holds 95 %.
 */
final class StudentTNodes {

    private static final double NORMAL_QUANTILE = 1.959963984540054;

    private StudentTNodes() {}

    static LikelihoodNodes of(Decoder decoder, int[] columns, NumberInput input) {
        Graph graph = decoder.graph();
        TrainedVae vae = decoder.vae();
        ScaledNodes scaled = ScaledNodes.of(decoder, columns, column -> unit(vae, column));
        Value logarithm = graph.log(graph.add(scaled.squaredDistance(input), graph.scalar(1)));
        Value power = decoder.perColumn(columns, column -> -(degrees(vae, column) + 1) / 2);
        Value constants = decoder.perColumn(columns, column -> constant(vae, column));
        return scaled.nodes(
                graph.multiply(logarithm, graph.multiply(input.known(), power)),
                graph.multiply(input.known(), constants),
                column -> deviation(vae, column));
    }

    /** s sqrt v */
    private static double unit(TrainedVae vae, int column) {
        return vae.scale()[column] * Math.sqrt(degrees(vae, column));
    }

    private static double constant(TrainedVae vae, int column) {
        double v = degrees(vae, column);
        return LogGamma.value((v + 1) / 2)
                - LogGamma.value(v / 2)
                - 0.5 * Math.log(Math.PI)
                - Math.log(unit(vae, column));
    }

    private static double deviation(TrainedVae vae, int column) {
        double quantile = TDistribution.of(degrees(vae, column)).inverseCumulativeProbability(0.975);
        return vae.scale()[column] * quantile / NORMAL_QUANTILE;
    }

    private static double degrees(TrainedVae vae, int column) {
        return vae.degreesOfFreedom()[column];
    }
}
