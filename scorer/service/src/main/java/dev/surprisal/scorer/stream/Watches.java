package dev.surprisal.scorer.stream;

import dev.surprisal.scorer.incident.IncidentGap;
import dev.surprisal.scorer.silence.SilenceRate;

/**
 * What is watched beside the single record.
 *
 * @param incidents how far apart flags may be to be one incident
 * @param drift how it is watched whether what comes is still like the training data
 * @param silences how often a key that keeps its habit may be called silent
 */
public record Watches(IncidentGap incidents, DriftOptions drift, SilenceRate silences) {

    /** As where nothing is set. */
    public static final Watches USUAL = new Watches(IncidentGap.USUAL, DriftOptions.USUAL, SilenceRate.USUAL);

    /** Nothing is. */
    public static final Watches OFF = new Watches(IncidentGap.OFF, DriftOptions.OFF, SilenceRate.OFF);
}
