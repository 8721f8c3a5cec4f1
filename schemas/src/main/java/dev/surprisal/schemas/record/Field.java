package dev.surprisal.schemas.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.DateTimeException;
import java.time.ZoneId;

/**
 * One field of a record.
 *
 * @param name the column of a CSV file or the key of a JSON object; dots lead into nested objects
 * @param type what it holds
 * @param optional whether a record may lack it; a required field that is missing makes a dead letter
 * @param likelihood of a number: the distribution to learn; null = Student's t
 * @param format of a timestamp: {@code iso}, {@code epoch-seconds}, {@code epoch-millis} or a pattern of
 *     {@link java.time.format.DateTimeFormatter}; null = {@code iso}
 * @param zone of a timestamp: the zone in which hours and days are told; null = UTC
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record Field(
        @JsonProperty(required = true) String name,
        @JsonProperty(required = true) FieldType type,
        boolean optional,
        Likelihood likelihood,
        String format,
        String zone) {

    public Field {
        if (name == null || name.isBlank()) {
            throw new SpecException("a field has no name");
        }
        if (type == null) {
            throw new SpecException(
                    "field '" + name + "' has no type; use number, category, boolean, timestamp or ignored");
        }
        if (likelihood != null && type != FieldType.NUMBER) {
            throw new SpecException("field '" + name + "': 'likelihood' is for numbers only");
        }
        if ((format != null || zone != null) && type != FieldType.TIMESTAMP) {
            throw new SpecException("field '" + name + "': 'format' and 'zone' are for timestamps only");
        }
        if (type == FieldType.TIMESTAMP) {
            TimestampFormat.of(name, format, zone(name, zone));
        }
    }

    /** A required field with the defaults of its type. */
    public static Field of(String name, FieldType type) {
        return new Field(name, type, false, null, null, null);
    }

    TimestampFormat timestampFormat() {
        return TimestampFormat.of(name, format, zone(name, zone));
    }

    private static ZoneId zone(String name, String zone) {
        try {
            return zone == null ? ZoneId.of("UTC") : ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw new SpecException(
                    "field '" + name + "': '" + zone + "' is not a time zone, such as Europe/Berlin", e);
        }
    }
}
