package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;

/**
 * What columns of one kind are expected to hold given the rest of the record, by self-normalised importance sampling over the samples of all members.
 *
 * <p>For column j sample s weighs w_s ~ p(x without x_j, z_s) / q(z_s | x): the column's own likelihood is left out, so that a bad value does not explain itself away. That of a missing one is 1 anyway.
 *
 * <p>q has seen x_j, though, and proposes samples around what explains it; with few of them in many dimensions, one or two carry all the weight (of 16, an effective 2 to 9). Weighing them nonetheless comes closer to the truth than
 * their plain mean, and tempering the weights or taking the weighted median comes no closer. Measured over eight public tables, of values removed one a record, the mean absolute error is 0.58 of that of the column's
 * median where the plain mean has 0.63, the weights' square root 0.60; beside a wrong value the expected one is off by 0.87, 1.01 and 0.90 deviations. With 128 samples it would be 0.55 and 0.80. To know what a
 * field should hold, remove it and score the record again: then it is off by 0.42.
 *
 * <p>Of one sample, as in a first look, there is nothing to weigh.
 *
 * @param weight [S, N, columns] up to a factor for each row and column; null = there is one sample
 * @param sum [N, columns] of the weights; null likewise
 */
record Expectations(Graph graph, Samples samples, int columns, Value weight, Value sum) {

    /**
     * The weights of some columns.
     *
     * @param logRatio log p(x, z) / q(z | x) [S, N, 1]
     * @param logProbability log p(x_j | z) [S, N, columns]
     */
    static Expectations of(Graph graph, Samples samples, int columns, Value logRatio, Value logProbability) {
        if (samples.count() == 1) {
            return new Expectations(graph, samples, columns, null, null);
        }
        Value logWeight = graph.subtract(logRatio, logProbability);
        Value weight = graph.exp(graph.subtract(logWeight, graph.greatest(logWeight, 0)));
        return new Expectations(graph, samples, columns, weight, samples.sum(weight, columns));
    }

    /** The weighted mean of [S, N, columns] values: [N, columns]. */
    Value mean(Value values) {
        return weight == null
                ? samples.mean(values, columns)
                : graph.divide(samples.sum(graph.multiply(weight, values), columns), sum);
    }

    /** The weighted sum of [S, N, columns, width] values, which has its greatest element where the mean has: [N, columns, width]. */
    Value sum(Value values, int width) {
        Value weighted = weight == null
                ? values
                : graph.multiply(graph.reshape(weight, samples.count(), -1, columns, 1), values);
        return samples.sum(weighted, columns, width);
    }

    /** The weighted mean whose weighted sum this is. */
    Value meanOf(Value sums) {
        return sum == null ? sums : graph.divide(sums, graph.reshape(sum, -1, columns, 1));
    }
}
