package dev.surprisal.schemas.record;

/**
 * One model input row, reused from record to record.
 *
 * @param numbers [D] in the fields' own units; NaN = missing
 * @param categories [C] codes; -1 = missing, 0 = unknown to training, 1 and up the known values
 */
public record EncodedRow(float[] numbers, int[] categories) {}
