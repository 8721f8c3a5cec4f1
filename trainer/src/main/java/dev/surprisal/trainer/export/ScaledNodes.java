package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.TrainedVae;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** What Gaussian and Student's t columns have in common: means over the latent samples in the fields' own units, and the spread around them. */
final class ScaledNodes {

    private ScaledNodes() {}

    /** A constant [columns] with a value for each. */
    static Value perColumn(Graph graph, int[] columns, IntToDoubleFunction value) {
        return graph.constant(IntStream.of(columns).mapToDouble(value).toArray(), columns.length);
    }

    /**
     * The columns' nodes.
     *
     * @param means [L, N, columns] of the decoder, standardised
     * @param deviation of a column around its mean, standardised
     */
    static LikelihoodNodes of(
            Graph graph,
            TrainedVae vae,
            int[] columns,
            Value means,
            Value logProbability,
            IntToDoubleFunction deviation) {
        Value mean = graph.mean(means, 0);
        Value spread = graph.mean(graph.square(graph.subtract(means, mean)), 0);
        Value variance =
                perColumn(graph, columns, column -> deviation.applyAsDouble(column) * deviation.applyAsDouble(column));
        Value unit = perColumn(graph, columns, column -> vae.deviation()[column]);
        Value shift = perColumn(graph, columns, column -> vae.mean()[column]);
        return new LikelihoodNodes(
                logProbability,
                graph.add(graph.multiply(mean, unit), shift),
                graph.multiply(graph.squareRoot(graph.add(spread, variance)), unit));
    }
}
