package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.Dense;
import dev.surprisal.trainer.vae.TrainedVae;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The decoder up to its last hidden layer, from which each likelihood takes its own outputs.
 *
 * @param graph the graph it stands in
 * @param vae whose decoder
 * @param samples L
 * @param hidden [L N, width] the last hidden layer, samples outermost
 */
record Decoder(Graph graph, TrainedVae vae, int samples, Value hidden) {

    static Decoder of(Graph graph, TrainedVae vae, int samples, Value z) {
        return new Decoder(
                graph, vae, samples, Layers.hidden(graph, graph.reshape(z, -1, vae.latentSize()), vae.decoder()));
    }

    /** Outputs of the head [L, N, ...]. */
    Value outputs(Dense head, long... shape) {
        long[] full = LongStream.concat(LongStream.of(samples, -1), LongStream.of(shape))
                .toArray();
        return graph.reshape(Layers.linear(graph, hidden, head), full);
    }

    /** Outputs of the head for some of the number columns [L, N, columns]. */
    Value outputs(int[] columns) {
        return outputs(Layers.part(vae.head(), columns), columns.length);
    }

    /**
     * As {@link #outputs(int[])}, each in a unit of its own.
     *
     * @param unit [columns]
     */
    Value outputs(int[] columns, double[] unit) {
        Dense head = Layers.part(vae.head(), columns);
        float[] weights = new float[head.weights().length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (head.weights()[i] / unit[i % unit.length]);
        }
        float[] bias = new float[unit.length];
        for (int i = 0; i < bias.length; i++) {
            bias[i] = (float) (head.bias()[i] / unit[i]);
        }
        return outputs(new Dense(head.inputs(), head.outputs(), weights, bias), columns.length);
    }

    /** A constant [columns] with a value for each. */
    Value perColumn(int[] columns, IntToDoubleFunction value) {
        return graph.constant(IntStream.of(columns).mapToDouble(value).toArray(), columns.length);
    }
}
