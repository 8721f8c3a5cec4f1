package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;

/** log p(x | o) = -log(1 + exp(-o)) for x = 1 and -log(1 + exp(o)) for x = 0, with the log-odds o; a value counts as 1 from 1/2 on. */
final class BernoulliNodes {

    private BernoulliNodes() {}

    static LikelihoodNodes of(Decoder decoder, int[] columns, NumberInput input) {
        Graph graph = decoder.graph();
        Value logOdds = decoder.outputs(columns);
        Value isOne = graph.greaterOrEqual(input.raw(), graph.scalar(0.5));
        Value sign = graph.where(isOne, graph.scalar(-1), graph.scalar(1));
        Value minusKnown = graph.multiply(input.known(), graph.scalar(-1));
        Value sampled = graph.multiply(graph.softplus(graph.multiply(logOdds, sign)), minusKnown);
        return new LikelihoodNodes(
                sampled, graph.multiply(input.known(), graph.scalar(0)), graph.sigmoid(logOdds), new double[0]);
    }
}
