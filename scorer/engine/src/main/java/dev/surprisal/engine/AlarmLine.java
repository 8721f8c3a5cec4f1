package dev.surprisal.engine;

import dev.surprisal.schemas.model.Calibration;

/** The alarm line: the least score whose p-value is at most a given level. */
public final class AlarmLine {

    private AlarmLine() {}

    /** In nats; infinite where no score is flagged. Found by bisection, as a p-value never grows with the score. */
    public static double of(Calibration calibration, double level) {
        // Scores are single-precision numbers, and all of them lie between these.
        double below = -Float.MAX_VALUE;
        double line = Float.MAX_VALUE;
        if (calibration.pValue(line) > level) {
            return Double.POSITIVE_INFINITY;
        }
        while (true) {
            double middle = below / 2 + line / 2;
            if (middle <= below || middle >= line) {
                return line;
            }
            if (calibration.pValue(middle) <= level) {
                line = middle;
            } else {
                below = middle;
            }
        }
    }
}
