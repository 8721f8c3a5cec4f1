package dev.surprisal.scorer.ops;

import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.Calibration;

/**
 * How the scores of normal records are distributed, by the model's calibration, and from which score on a record is flagged.
 *
 * @param bounds upper bounds of bins, nats, ascending; a last bin without bound follows
 * @param shares of normal records in each bin, one more than there are bounds
 * @param alarm the least score that is flagged, nats; NaN where none is
 */
public record ScoreReference(double[] bounds, double[] shares, double alarm) {

    private static final int BINS = 48;
    /** So much of the normal records lies below the first bound at most. */
    private static final double LOWEST = 0.995;
    /** How far beyond the alarm line the last bound lies, as a part of the way to it. */
    private static final double BEYOND = 0.5;

    private static final double FARTHEST = 1e12;
    private static final int HALVINGS = 200;

    static ScoreReference of(Calibration calibration, AlarmRate alarmRate) {
        boolean canFlag = calibration.resolution() <= alarmRate.value();
        double low = least(calibration, LOWEST);
        double alarm = least(calibration, Math.max(alarmRate.value(), calibration.resolution()));
        double high = alarm + BEYOND * Math.max(alarm - low, 1e-6);
        double[] bounds = new double[BINS];
        double[] shares = new double[BINS + 1];
        double above = 1;
        for (int i = 0; i < BINS; i++) {
            bounds[i] = low + (high - low) * i / (BINS - 1);
            double next = calibration.pValue(bounds[i]);
            shares[i] = Math.max(0, above - next);
            above = next;
        }
        shares[BINS] = above;
        return new ScoreReference(bounds, shares, canFlag ? alarm : Double.NaN);
    }

    /** The least score with at most a p-value. */
    private static double least(Calibration calibration, double pValue) {
        double low = -1;
        while (calibration.pValue(low) <= pValue && low > -FARTHEST) {
            low *= 2;
        }
        double high = 1;
        while (calibration.pValue(high) > pValue && high < FARTHEST) {
            high *= 2;
        }
        for (int i = 0; i < HALVINGS && low < high; i++) {
            double middle = low + (high - low) / 2;
            if (middle == low || middle == high) {
                break;
            }
            if (calibration.pValue(middle) <= pValue) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }
}
