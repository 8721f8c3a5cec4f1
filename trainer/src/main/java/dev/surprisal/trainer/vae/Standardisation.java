package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.EncodedRows;

/**
 * The shift and scale that give every number column mean 0 and deviation 1 over its known training values.
 *
 * @param mean [D]
 * @param deviation [D]; 1 where the values do not vary
 */
record Standardisation(float[] mean, float[] deviation) {

    /** Measures the columns of all rows; sums in double, in two passes, so that 1e30 beside 1e-30 does no harm. */
    static Standardisation of(EncodedRows rows) {
        int d = rows.numberColumns();
        double[] mean = new double[d];
        long[] known = new long[d];
        for (int i = 0; i < rows.numbers().length; i++) {
            float value = rows.numbers()[i];
            if (!Float.isNaN(value)) {
                mean[i % d] += value;
                known[i % d]++;
            }
        }
        for (int j = 0; j < d; j++) {
            mean[j] = known[j] == 0 ? 0 : mean[j] / known[j];
        }
        double[] squares = new double[d];
        for (int i = 0; i < rows.numbers().length; i++) {
            float value = rows.numbers()[i];
            if (!Float.isNaN(value)) {
                squares[i % d] += (value - mean[i % d]) * (value - mean[i % d]);
            }
        }
        float[] center = new float[d];
        float[] deviation = new float[d];
        for (int j = 0; j < d; j++) {
            double spread = known[j] == 0 ? 0 : Math.sqrt(squares[j] / known[j]);
            center[j] = (float) mean[j];
            // A float cannot tell smaller spreads from rounding, and divides by no smaller number without overflow.
            deviation[j] = spread < 1e-7 * Math.abs(mean[j]) || spread < 1e-30 ? 1 : (float) spread;
        }
        return new Standardisation(center, deviation);
    }

    /** The standardised value, within +-{@link TrainedVae#CLIP}; NaN stays NaN. */
    float apply(int column, float value) {
        float standardised = (value - mean[column]) / deviation[column];
        return Math.max(-TrainedVae.CLIP, Math.min(TrainedVae.CLIP, standardised));
    }
}
