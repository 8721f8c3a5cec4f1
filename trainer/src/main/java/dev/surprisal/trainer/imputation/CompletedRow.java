package dev.surprisal.trainer.imputation;

/**
 * A row without missing values.
 *
 * @param numbers [D] in the fields' own units, the missing ones as they are expected; of a boolean the probability of true
 * @param scale [D] the deviation around an expected number, in its own unit; NaN where there was a value
 * @param categories [C] codes, the missing ones as they are most probable
 */
public record CompletedRow(float[] numbers, float[] scale, int[] categories) {}
