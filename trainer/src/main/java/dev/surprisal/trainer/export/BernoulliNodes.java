package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;

/** log p(x | o) = x o - log(1 + exp(o)) with log(1 + exp(o)) = max(o, 0) + log(1 + exp(-|o|)); a value counts as 1 from 1/2 on. */
final class BernoulliNodes {

    private BernoulliNodes() {}

    static LikelihoodNodes of(Graph graph, NumberInput input, Value logOdds) {
        Value isOne = graph.toFloat(graph.greaterOrEqual(input.raw(), graph.scalar(0.5)));
        Value exponential = graph.exp(graph.negate(graph.absolute(logOdds)));
        Value softplus = graph.add(graph.positivePart(logOdds), graph.log(graph.add(exponential, graph.scalar(1))));
        Value logProbability = graph.multiply(graph.subtract(graph.multiply(isOne, logOdds), softplus), input.known());
        Value probability = graph.mean(graph.sigmoid(logOdds), 0);
        Value variance = graph.multiply(probability, graph.subtract(graph.scalar(1), probability));
        return new LikelihoodNodes(logProbability, probability, graph.squareRoot(variance));
    }
}
