package dev.surprisal.scorer.stream;

/**
 * The largest records that the output topics take.
 *
 * @param anomalyBytes of an anomaly's value
 * @param deadLetterBytes of a whole dead letter
 */
record OutputLimits(long anomalyBytes, long deadLetterBytes) {}
