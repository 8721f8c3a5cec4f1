package dev.surprisal.schemas.record;

/**
 * A column of a model's input row.
 *
 * @param name the field's name, for parts of a timestamp with the part appended, as in {@code time.hour}
 * @param field the field that it is made from
 * @param part what of the field it holds
 */
public record Column(String name, Field field, Part part) {

    /** What a column takes from its field. */
    public enum Part {
        /** The value itself. */
        VALUE,
        /** Of a timestamp: the hour of the day, 00 to 23. */
        HOUR,
        /** Of a timestamp: the day of the week, monday to sunday. */
        WEEKDAY
    }
}
