package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.SurprisalException;

/**
 * How a pipeline watches whether what comes is still like the training data.
 *
 * @param window after how many records of an instance they are compared; 0 = never
 */
public record DriftOptions(int window) {

    public static final int LEAST_WINDOW = 200;

    /** Looking at all records of a large window would cost as much as the rest of scoring, and tell little more. */
    private static final int LOOKED_AT = 1_000;

    private static final int MOST_EVERY = 10;

    /** As where nothing is set. */
    public static final DriftOptions USUAL = new DriftOptions(10_000);

    /** Nothing is watched. */
    public static final DriftOptions OFF = new DriftOptions(0);

    public DriftOptions {
        if (window != 0 && window < LEAST_WINDOW) {
            throw new SurprisalException("drift-window must be at least " + LEAST_WINDOW
                    + " records, or off; fewer tell nothing, so " + window + " does not do");
        }
    }

    public boolean isOn() {
        return window > 0;
    }

    /** Of how many records one is looked at: about {@value #LOOKED_AT} in a window, and never fewer than one of {@value #MOST_EVERY}; 0 = none is. */
    public int every() {
        return isOn() ? Math.max(1, Math.min(MOST_EVERY, window / LOOKED_AT)) : 0;
    }
}
