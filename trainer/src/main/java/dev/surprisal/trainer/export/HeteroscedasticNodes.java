package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.LatentVariance;
import java.util.stream.IntStream;

/** log p(x | m, o) = -1/2 log(2 pi) - 1/2 (log s^2 + (x - m)^2 / s^2) with the variance s^2 of {@link LatentVariance}. */
final class HeteroscedasticNodes {

    private HeteroscedasticNodes() {}

    static LikelihoodNodes of(Decoder decoder, int[] columns, NumberInput input) {
        Graph graph = decoder.graph();
        Value means = decoder.outputs(columns);
        Value variance = variance(decoder, columns);
        Value square = graph.square(graph.subtract(means, input.standardised()));
        Value twice = graph.add(graph.log(variance), graph.divide(square, variance));
        Value minusHalf = graph.multiply(input.known(), graph.scalar(-0.5));
        return new LikelihoodNodes(
                graph.multiply(twice, minusHalf),
                graph.multiply(minusHalf, graph.scalar(Math.log(2 * Math.PI))),
                means,
                new double[0]);
    }

    /** s^2 [L, N, columns], standardised. */
    static Value variance(Decoder decoder, int[] columns) {
        Graph graph = decoder.graph();
        int[] outputs = IntStream.of(columns)
                .map(decoder.vae().columns()::varianceOutput)
                .toArray();
        Value logarithm = graph.clip(
                decoder.outputs(outputs), (float) LatentVariance.LEAST_LOG, (float) LatentVariance.GREATEST_LOG);
        return graph.add(graph.exp(logarithm), graph.scalar(LatentVariance.FLOOR));
    }
}
