package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.EncodedRows;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The rows of one step, standardised and one-hot encoded: filled anew for each. */
final class Batch {

    private final Columns columns;
    private final Standardisation standardisation;
    private final int size;
    private final float noise;
    /** [N, D], standardised; NaN = missing. */
    private final float[] numbers;
    /** [N, D] in the fields' own units; NaN = missing. */
    private final float[] raw;
    /** [N, C] */
    private final int[] codes;
    /** [N, inputs] of the encoder. */
    private final float[] input;

    /**
     * @param noise standard deviation of what is added to standardised numbers, so that few rows cannot be learned by heart
     */
    Batch(Columns columns, Standardisation standardisation, int size, double noise) {
        this.columns = columns;
        this.standardisation = standardisation;
        this.size = size;
        this.noise = (float) noise;
        numbers = new float[size * columns.numbers().size()];
        raw = new float[numbers.length];
        codes = new int[size * columns.categories().size()];
        input = new float[size * inputs(columns)];
    }

    /** How wide the encoder's input is. */
    static int inputs(Columns columns) {
        return columns.numbers().size() + columns.oneHotWidth();
    }

    int size() {
        return size;
    }

    float number(int row, int column) {
        return numbers[row * columns.numbers().size() + column];
    }

    float raw(int row, int column) {
        return raw[row * columns.numbers().size() + column];
    }

    int code(int row, int column) {
        return codes[row * columns.categories().size() + column];
    }

    float[] input() {
        return input;
    }

    /** Takes the first rows, as many as the batch has. */
    void load(EncodedRows rows) {
        load(rows, IntStream.range(0, size).toArray(), 0, 0);
    }

    /**
     * Takes rows.
     *
     * @param order indices of rows
     * @param from where in the order
     * @param seed of the noise
     */
    void load(EncodedRows rows, int[] order, int from, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int d = columns.numbers().size();
        int c = columns.categories().size();
        int width = inputs(columns);
        Arrays.fill(input, 0);
        for (int i = 0; i < size; i++) {
            int row = order[from + i];
            for (int j = 0; j < d; j++) {
                float value = rows.numbers()[row * d + j];
                float standardised = standardisation.apply(j, value);
                if (noise > 0) {
                    standardised += noise * (float) random.nextGaussian();
                }
                raw[i * d + j] = value;
                numbers[i * d + j] = standardised;
                input[i * width + j] = Float.isNaN(standardised) ? 0 : standardised;
            }
            int offset = d;
            for (int j = 0; j < c; j++) {
                int code = rows.categories()[row * c + j];
                int values = columns.categories().get(j).values();
                codes[i * c + j] = code;
                if (code > 0 && code <= values) {
                    input[i * width + offset + code - 1] = 1;
                }
                offset += values;
            }
        }
    }
}
