package dev.surprisal.scorer.drift;

import dev.surprisal.schemas.model.ColumnReference;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether what comes to an instance of a pipeline is still like training.
 *
 * @param off why nothing is compared; null where it is
 * @param model the name of the model; null until one has scored
 * @param modelVersion its version
 * @param window how many records make a window
 * @param seen how many of the current window have come
 * @param windows how many windows have been compared with this model
 * @param scores the p-values of records
 * @param fields one for each field that is compared, numbers first
 */
public record DriftReport(
        String off,
        String model,
        String modelVersion,
        int window,
        int seen,
        long windows,
        ScoreDrift scores,
        List<FieldDrift> fields) {

    /** What {@link #retrainBecauseOf} calls the scores, which are no field. */
    public static final String SCORES = "scores";

    /** Nothing is compared. */
    static DriftReport off(String why) {
        return new DriftReport(why, null, null, 0, 0, 0, ScoreDrift.NONE, List.of());
    }

    /**
     * The p-values of records.
     *
     * @param state by the evidence
     * @param evidence that they are not those of normal records; 1 = none
     */
    public record ScoreDrift(DriftState state, double evidence) {
        static final ScoreDrift NONE = new ScoreDrift(DriftState.STABLE, 1);
    }

    /**
     * A field in the last window that was compared.
     *
     * @param field its name
     * @param state in which it is
     * @param index the population stability index; NaN until a window has been compared
     * @param chance how often chance alone does this; NaN until then
     * @param sentence what has moved most; "" while it is stable
     * @param low the 5 % quantile of the numbers; NaN of a category, and until then
     * @param median of the numbers
     * @param high the 95 % quantile
     * @param usualMedian about the median in training; NaN of a category
     * @param reference its cells, and how many values of training are in each
     * @param counts how many values of the window are in each; all 0 until then
     * @param labels what to call each cell
     */
    public record FieldDrift(
            String field,
            DriftState state,
            double index,
            double chance,
            String sentence,
            double low,
            double median,
            double high,
            double usualMedian,
            ColumnReference reference,
            long[] counts,
            List<String> labels) {
        FieldDrift withCounts(long[] other) {
            return new FieldDrift(
                    field, state, index, chance, sentence, low, median, high, usualMedian, reference, other, labels);
        }
    }

    /** The worst state of all. */
    public DriftState state() {
        DriftState worst = scores.state();
        for (FieldDrift field : fields) {
            if (field.state().compareTo(worst) > 0) {
                worst = field.state();
            }
        }
        return worst;
    }

    /** The fields that have drifted, and {@value #SCORES} where the p-values have: for them, training on newer records is recommended. */
    public List<String> retrainBecauseOf() {
        List<String> because = new ArrayList<>();
        for (FieldDrift field : fields) {
            if (field.state() == DriftState.DRIFTED) {
                because.add(field.field());
            }
        }
        if (scores.state() == DriftState.DRIFTED) {
            because.add(SCORES);
        }
        return because;
    }
}
