package dev.surprisal.engine;

import java.util.List;

/**
 * A column that made a record improbable.
 *
 * <p>Of a number, {@code seen}, {@code expected}, {@code low} and {@code high} are {@link Double}s in the field's own unit; of a category, {@code seen}
 * and {@code expected} are its values, and {@code seen} is null where training never saw the value. What is expected, is so given the rest of the record, without the value itself.
 *
 * @param field the column's name
 * @param surprise how much more the score falls without the value than is typical for the column, nats
 * @param share of the surprise of all columns, in [0, 1]
 * @param seen the value in the record
 * @param expected the value that the model expected
 * @param low lower end of the 95 % interval of a number, which held 95 % of the calibration records' values; null of a category
 * @param high upper end of it; null of a category
 * @param direction on which side of what is expected a number lies; null of a category
 * @param likely the most probable values of a category, the likeliest first; empty of a number, and where the model does not tell them
 * @param sentence the reason in words
 */
public record FieldReason(
        String field,
        double surprise,
        double share,
        Object seen,
        Object expected,
        Double low,
        Double high,
        Direction direction,
        List<Likely> likely,
        String sentence) {

    /** Which side of the expected value. */
    public enum Direction {
        ABOVE,
        BELOW
    }

    /**
     * A value of a category.
     *
     * @param probability given the rest of the record
     */
    public record Likely(String value, double probability) {}
}
