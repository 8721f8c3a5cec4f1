package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.ModelCard;

/**
 * Rows drawn from a scored batch.
 *
 * @param card of the model that scored them
 * @param records how many rows they were drawn from
 * @param size how many there are, N
 * @param numbers [N x D] in the fields' own units; NaN = missing
 * @param categories [N x C] codes; -1 = missing, 0 = not known to training
 * @param pValues [N] all by the same calibration; NaN where there is no score
 * @param firstLooks whether they are those of first looks
 * @param calibration that gave them
 */
public record RowSample(
        ModelCard card,
        int records,
        int size,
        float[] numbers,
        int[] categories,
        double[] pValues,
        boolean firstLooks,
        Calibration calibration) {}
