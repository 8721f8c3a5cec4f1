package dev.surprisal.engine;

/**
 * A column that made a record improbable.
 *
 * <p>Of a number, {@code seen}, {@code expected}, {@code low} and {@code high} are {@link Double}s in the field's own unit; of a category, {@code seen}
 * and {@code expected} are its values, and {@code seen} is null where training never saw the value.
 *
 * @param field the column's name
 * @param surprise how much less probable the value is than is typical for the column, nats
 * @param seen the value in the record
 * @param expected the value that the model expected
 * @param low lower end of the 95 % interval around the expected value; null of a category
 * @param high upper end of it; null of a category
 * @param sentence the reason in words
 */
public record FieldReason(
        String field, double surprise, Object seen, Object expected, Double low, Double high, String sentence) {}
