package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Sums and means over the leading dimension [S, N, ...], where the latent samples stand.
 *
 * <p>As products with a row of weights, which is several times faster than the runtime's own reductions.
 *
 * @param graph the graph they stand in
 * @param count S, the samples of all members
 */
record Samples(Graph graph, int count) {

    /**
     * The mean over the samples.
     *
     * @param a [S, N, ...]
     * @param shape what follows N
     * @return [N, ...]
     */
    Value mean(Value a, long... shape) {
        return product(1.0 / count, a, shape);
    }

    /** The sum over the samples, likewise. */
    Value sum(Value a, long... shape) {
        return product(1, a, shape);
    }

    private Value product(double weight, Value a, long... shape) {
        long[] result =
                LongStream.concat(LongStream.of(-1), LongStream.of(shape)).toArray();
        if (count == 1) {
            return graph.reshape(a, result);
        }
        double[] weights = new double[count];
        Arrays.fill(weights, weight);
        Value product = graph.product(graph.constant(weights, 1, count), graph.reshape(a, count, -1));
        return graph.reshape(product, result);
    }
}
