package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.TrainedVae;

/** log p(x | m) = -1/2 (log(2 pi s^2) + (x - m)^2 / s^2) */
final class GaussianNodes {

    private GaussianNodes() {}

    static LikelihoodNodes of(Graph graph, TrainedVae vae, int[] columns, NumberInput input, Value means) {
        Value residual = graph.subtract(input.standardised(), means);
        Value precision = ScaledNodes.perColumn(graph, columns, column -> -0.5 / variance(vae, column));
        Value constant =
                ScaledNodes.perColumn(graph, columns, column -> -0.5 * Math.log(2 * Math.PI * variance(vae, column)));
        Value logProbability =
                graph.multiply(graph.add(graph.multiply(graph.square(residual), precision), constant), input.known());
        return ScaledNodes.of(graph, vae, columns, means, logProbability, column -> vae.scale()[column]);
    }

    private static double variance(TrainedVae vae, int column) {
        return (double) vae.scale()[column] * vae.scale()[column];
    }
}
