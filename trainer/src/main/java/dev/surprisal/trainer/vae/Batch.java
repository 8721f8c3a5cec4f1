package dev.surprisal.trainer.vae;

import dev.surprisal.schemas.record.CategoryCodes;
import dev.surprisal.trainer.data.EncodedRows;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The rows of one step, standardised and one-hot encoded: filled anew for each.
 *
 * <p>In some rows values are hidden, as if they were missing, from the encoder and from the bound alike: so the encoder learns q(z | x) of records of which only a part is known. A network
 * that never saw a missing value tells records with missing ones from anomalies badly. The share of a row's values that are hidden is drawn evenly from [0, 1], the others stay whole. (Left in
 * the bound, hidden values would widen the scales of the likelihoods by what nobody could know.)
 */
final class Batch {

    private final Columns columns;
    private final Standardisation standardisation;
    private final int size;
    private final float noise;
    private final double masking;
    private SplittableRandom source = new SplittableRandom(0);
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
     * @param masking the share of rows with hidden values
     */
    Batch(Columns columns, Standardisation standardisation, int size, double noise, double masking) {
        this.columns = columns;
        this.standardisation = standardisation;
        this.size = size;
        this.noise = (float) noise;
        this.masking = masking;
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

    /** A whole number in the field's own unit, with the noise that the encoder sees; NaN = missing. */
    double count(int row, int column) {
        double noisy = (double) number(row, column) * standardisation.deviation()[column] + mean(column);
        return NegativeBinomial.count(noise > 0 ? (float) Math.rint(noisy) : raw(row, column));
    }

    /** Of the training values of a number column, in the field's own unit. */
    float mean(int column) {
        return standardisation.mean()[column];
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
     * @param seed of the noise and of what is hidden
     */
    void load(EncodedRows rows, int[] order, int from, long seed) {
        source = new SplittableRandom(seed);
        Arrays.fill(input, 0);
        for (int i = 0; i < size; i++) {
            double hidden = masking > 0 && source.nextDouble() < masking ? source.nextDouble() : 0;
            loadNumbers(rows, order[from + i], i, hidden);
            loadCategories(rows, order[from + i], i, hidden);
        }
    }

    /** Puts rows over the last ones of those that were loaded. */
    void replaceLast(EncodedRows rows, int[] indices) {
        int from = size - indices.length;
        Arrays.fill(input, from * inputs(columns), input.length, 0);
        for (int i = 0; i < indices.length; i++) {
            loadNumbers(rows, indices[i], from + i, 0);
            loadCategories(rows, indices[i], from + i, 0);
        }
    }

    private void loadNumbers(EncodedRows rows, int row, int i, double hidden) {
        int d = columns.numbers().size();
        int width = inputs(columns);
        for (int j = 0; j < d; j++) {
            float value = isHidden(hidden) ? Float.NaN : rows.numbers()[row * d + j];
            float standardised = standardisation.apply(j, value);
            if (noise > 0) {
                standardised += noise * (float) source.nextGaussian();
            }
            raw[i * d + j] = value;
            numbers[i * d + j] = standardised;
            input[i * width + j] = Float.isNaN(standardised) ? 0 : standardised;
        }
    }

    private void loadCategories(EncodedRows rows, int row, int i, double hidden) {
        int c = columns.categories().size();
        int offset = i * inputs(columns) + columns.numbers().size();
        for (int j = 0; j < c; j++) {
            int code = isHidden(hidden) ? CategoryCodes.MISSING : rows.categories()[row * c + j];
            int values = columns.categories().get(j).values();
            codes[i * c + j] = code;
            if (code > 0 && code <= values) {
                input[offset + code - 1] = 1;
            }
            offset += values;
        }
    }

    private boolean isHidden(double share) {
        return share > 0 && source.nextDouble() < share;
    }
}
