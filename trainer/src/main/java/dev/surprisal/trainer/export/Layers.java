package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.Dense;
import java.util.List;

/** Fully connected layers in the graph. */
final class Layers {

    private Layers() {}

    static Value linear(Graph graph, Value input, Dense layer) {
        return graph.linear(
                input,
                graph.constant(layer.weights(), layer.inputs(), layer.outputs()),
                graph.constant(layer.bias(), layer.outputs()));
    }

    /** Layers with SiLU one after the other. */
    static Value hidden(Graph graph, Value input, List<Dense> layers) {
        Value hidden = input;
        for (Dense layer : layers) {
            hidden = silu(graph, linear(graph, hidden, layer));
        }
        return hidden;
    }

    /** SiLU, x / (1 + exp(-x)). */
    static Value silu(Graph graph, Value linear) {
        return graph.multiply(linear, graph.sigmoid(linear));
    }

    /** Some neighbouring rows of a layer's weights. */
    static float[] rows(Dense layer, int from, int count) {
        float[] rows = new float[count * layer.outputs()];
        System.arraycopy(layer.weights(), from * layer.outputs(), rows, 0, rows.length);
        return rows;
    }

    /** The layer that has only some of the outputs. */
    static Dense part(Dense layer, int[] outputs) {
        float[] weights = new float[layer.inputs() * outputs.length];
        float[] bias = new float[outputs.length];
        for (int column = 0; column < outputs.length; column++) {
            bias[column] = layer.bias()[outputs[column]];
            for (int row = 0; row < layer.inputs(); row++) {
                weights[row * outputs.length + column] = layer.weights()[row * layer.outputs() + outputs[column]];
            }
        }
        return new Dense(layer.inputs(), outputs.length, weights, bias);
    }
}
