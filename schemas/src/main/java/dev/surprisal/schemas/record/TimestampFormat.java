package dev.surprisal.schemas.record;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;

/** How the text or number in a timestamp field is read as a point in time. */
public sealed interface TimestampFormat {

    /** The point in time of a text, or a {@link DateTimeException} or {@link NumberFormatException}. */
    ZonedDateTime parse(String text);

    /**
     * The format of a field.
     *
     * @param field names the field in errors
     * @param format as in {@link Field#format}
     * @param zone in which hours and days are told
     */
    static TimestampFormat of(String field, String format, ZoneId zone) {
        if (format == null || format.equals("iso")) {
            return new Pattern(ISO, zone);
        }
        if (format.equals("epoch-seconds")) {
            return new Epoch(1_000, zone);
        }
        if (format.equals("epoch-millis")) {
            return new Epoch(1, zone);
        }
        try {
            return new Pattern(DateTimeFormatter.ofPattern(format), zone);
        } catch (IllegalArgumentException e) {
            throw new SpecException(
                    "field '" + field + "': '" + format
                            + "' is no timestamp format; use iso, epoch-seconds, epoch-millis or a pattern such as"
                            + " yyyy-MM-dd HH:mm:ss",
                    e);
        }
    }

    /** ISO 8601, with a space instead of the T too, and without seconds, offset or time of day too. */
    DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendPattern("['T'][' ']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendOffsetId()
            .toFormatter();

    /** Units since 1970-01-01T00:00Z; a fraction is allowed. */
    record Epoch(long millisPerUnit, ZoneId zone) implements TimestampFormat {
        @Override
        public ZonedDateTime parse(String text) {
            double millis = Double.parseDouble(text) * millisPerUnit;
            if (!(Math.abs(millis) < 1e16)) {
                throw new DateTimeException("too far away");
            }
            return Instant.ofEpochMilli((long) Math.floor(millis)).atZone(zone);
        }
    }

    /** Text after a pattern; what has no offset is local time of the zone, what has no time of day is midnight. */
    record Pattern(DateTimeFormatter formatter, ZoneId zone) implements TimestampFormat {
        @Override
        public ZonedDateTime parse(String text) {
            TemporalAccessor read =
                    formatter.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
            if (read instanceof OffsetDateTime instant) {
                return instant.atZoneSameInstant(zone);
            }
            LocalTime time = read.query(TemporalQueries.localTime());
            return ZonedDateTime.of(
                    read.query(TemporalQueries.localDate()), time == null ? LocalTime.MIDNIGHT : time, zone);
        }
    }
}
