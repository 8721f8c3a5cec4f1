package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.SurprisalException;

/**
 * How a pipeline watches whether what comes is still like the training data.
 *
 * @param window after how many records of an instance they are compared; 0 = never
 */
public record DriftOptions(int window) {

    public static final int LEAST_WINDOW = 200;

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
}
