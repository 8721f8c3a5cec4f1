package dev.surprisal.trainer.vae;

import java.util.Arrays;

/**
 * The parameters of a fully connected layer, y = x W + b.
 *
 * @param inputs rows of W
 * @param outputs columns of W, length of b
 * @param weights W, row-major
 * @param bias b
 */
public record Dense(int inputs, int outputs, float[] weights, float[] bias) {

    public Dense {
        if (weights.length != inputs * outputs || bias.length != outputs) {
            throw new IllegalArgumentException("a dense layer's arrays do not fit its shape");
        }
    }

    /**
     * One layer that does the work of several with the same input.
     *
     * @param parts the layers
     * @param columns of each part's outputs, the output of the whole; together a permutation
     */
    static Dense sideBySide(Dense[] parts, int[][] columns) {
        int inputs = parts[0].inputs;
        int outputs = Arrays.stream(parts).mapToInt(Dense::outputs).sum();
        float[] weights = new float[inputs * outputs];
        float[] bias = new float[outputs];
        for (int p = 0; p < parts.length; p++) {
            Dense part = parts[p];
            for (int column = 0; column < part.outputs; column++) {
                int to = columns[p][column];
                bias[to] = part.bias[column];
                for (int row = 0; row < inputs; row++) {
                    weights[row * outputs + to] = part.weights[row * part.outputs + column];
                }
            }
        }
        return new Dense(inputs, outputs, weights, bias);
    }
}
