package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;

/** log p(x | m) = -1/2 log(2 pi s^2) - ((x - m) / (s sqrt 2))^2 */
final class GaussianNodes {

    private GaussianNodes() {}

    static LikelihoodNodes of(Decoder decoder, int[] columns, NumberInput input) {
        Graph graph = decoder.graph();
        float[] scale = decoder.vae().scale();
        ScaledNodes scaled = ScaledNodes.of(decoder, columns, column -> scale[column] * Math.sqrt(2));
        Value minusKnown = graph.multiply(input.known(), graph.scalar(-1));
        Value constants = decoder.perColumn(columns, column -> -0.5 * Math.log(2 * Math.PI) - Math.log(scale[column]));
        return scaled.nodes(
                graph.multiply(scaled.squaredDistance(input), minusKnown),
                graph.multiply(input.known(), constants),
                column -> scale[column]);
    }
}
