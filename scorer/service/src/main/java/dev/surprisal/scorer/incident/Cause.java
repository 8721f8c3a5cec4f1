package dev.surprisal.scorer.incident;

import dev.surprisal.engine.FieldReason;
import java.util.Locale;

/**
 * What a flag is for: a field, and on which side of what is expected it lies.
 *
 * @param field the column's name; null of a flag without reasons
 * @param direction {@code above} or {@code below}; null of a category
 */
public record Cause(String field, String direction) {

    /** That of a flag without reasons. */
    static final Cause UNKNOWN = new Cause(null, null);

    private static final int MOST_NAME = 200;

    static Cause of(FieldReason reason) {
        String field = reason.field();
        return new Cause(
                field.length() > MOST_NAME ? field.substring(0, MOST_NAME) : field,
                reason.direction() == null ? null : reason.direction().name().toLowerCase(Locale.ROOT));
    }
}
