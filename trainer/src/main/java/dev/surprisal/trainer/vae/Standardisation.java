package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.Rows;

/**
 * The shift and scale that give every number column mean 0 and deviation 1 over its known training values.
 *
 * @param mean [D]
 * @param deviation [D]; 1 where the values do not vary
 */
record Standardisation(float[] mean, float[] deviation) {

    /** Measures the columns of all rows in one pass, in double, by the recurrence of Welford (1962), which 1e30 beside 1e-30 does no harm. */
    static Standardisation of(Rows rows) {
        int d = rows.numberColumns();
        long[] known = new long[d];
        double[] mean = new double[d];
        double[] squares = new double[d];
        rows.forEachBlock(block -> {
            for (int i = 0; i < block.numbers().length; i++) {
                float value = block.numbers()[i];
                if (!Float.isNaN(value)) {
                    int j = i % d;
                    double difference = value - mean[j];
                    mean[j] += difference / ++known[j];
                    squares[j] += difference * (value - mean[j]);
                }
            }
        });
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

    /**
     * The standardised value, within +-{@link TrainedVae#CLIP}; NaN stays NaN.
     *
     * <p>Of halves, which are exact, so that no difference overflows.
     */
    float apply(int column, float value) {
        float standardised = (0.5f * value - 0.5f * mean[column]) / (0.5f * deviation[column]);
        return Math.max(-TrainedVae.CLIP, Math.min(TrainedVae.CLIP, standardised));
    }
}
