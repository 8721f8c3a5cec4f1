package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.Columns.Categorical;

/** log p(c) = log(1 - u) + log softmax_c(logits) of a known value, log u of an unseen one, 0 where missing. */
final class CategoricalNodes {

    private CategoricalNodes() {}

    /**
     * The column's nodes.
     *
     * @param code [N] as in the input: -1, 0 or a value's; above the known ones: unseen
     * @param known [N] the code where it is a known value's, otherwise 0
     * @param logits [L, N, V]
     * @param sampleShape the shape [L, N, 1]
     */
    static LikelihoodNodes of(
            Graph graph, Categorical distribution, Value code, Value known, Value logits, Value sampleShape) {
        Value logSoftmax = graph.logSoftmax(logits);
        Value isKnown = graph.toFloat(graph.greater(known, graph.longs(0)));
        Value isThere = graph.toFloat(graph.greaterOrEqual(code, graph.longs(0)));
        Value isUnseen = graph.subtract(isThere, isKnown);
        double u = distribution.unseenProbability();
        Value mass = graph.add(
                graph.multiply(isKnown, graph.scalar(Math.log1p(-u))),
                graph.multiply(isUnseen, graph.scalar(Math.log(u))));

        // Of an unknown value the first one is looked up, and multiplied by 0.
        Value index =
                graph.where(graph.greater(known, graph.longs(0)), graph.add(known, graph.longs(-1)), graph.longs(0));
        Value indices = graph.expand(graph.unsqueeze(index, 0, 2), sampleShape);
        Value ofValue = graph.gatherElements(logSoftmax, indices, 2);
        Value logProbability =
                graph.add(graph.multiply(ofValue, graph.unsqueeze(isKnown, 1)), graph.unsqueeze(mass, 1));

        Value probabilities = graph.mean(graph.exp(logSoftmax), 0);
        Value expected = graph.add(graph.argMax(probabilities), graph.longs(1));
        return new LikelihoodNodes(logProbability, expected, null);
    }
}
