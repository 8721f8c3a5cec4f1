package dev.surprisal.trainer.vae;

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
}
