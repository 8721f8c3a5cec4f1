package dev.surprisal.schemas.record;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** Values of Parquet and Avro that JSON has no type for, as a producer of JSON would write them: points in time in ISO 8601, decimals as numbers. */
public final class LogicalValues {

    /** More digits than any amount has; to write a million of them would take seconds. */
    private static final int MOST_DECIMAL_BYTES = 128;

    private LogicalValues() {}

    /** A number; what JSON has no number for is text, as the spec's fields take it, and what is none is missing. */
    public static void number(JsonGenerator json, double value) throws IOException {
        if (Double.isNaN(value)) {
            json.writeNull();
        } else if (Double.isInfinite(value)) {
            json.writeString(Double.toString(value));
        } else {
            json.writeNumber(value);
        }
    }

    /** A number of single precision, in its own shortest digits. */
    public static void number(JsonGenerator json, float value) throws IOException {
        if (Float.isNaN(value) || Float.isInfinite(value)) {
            number(json, (double) value);
        } else {
            json.writeNumber(value);
        }
    }

    /**
     * A decimal by its unscaled value, big-endian two's complement.
     *
     * @throws IOException if it has more than {@value #MOST_DECIMAL_BYTES} bytes
     */
    public static void decimal(JsonGenerator json, byte[] unscaled, int scale) throws IOException {
        if (unscaled.length > MOST_DECIMAL_BYTES) {
            throw new IOException("a decimal has " + unscaled.length + " bytes");
        }
        decimal(json, new BigDecimal(new BigInteger(unscaled), scale));
    }

    /** A decimal. */
    public static void decimal(JsonGenerator json, BigDecimal value) throws IOException {
        json.writeNumber(value.toPlainString());
    }

    /** Days since 1970-01-01. */
    public static void date(JsonGenerator json, long days) throws IOException {
        json.writeString(LocalDate.ofEpochDay(days).toString());
    }

    /** A time of day, in units since midnight. */
    public static void time(JsonGenerator json, long units, ChronoUnit unit) throws IOException {
        json.writeString(
                LocalTime.ofNanoOfDay(units * unit.getDuration().toNanos()).toString());
    }

    /**
     * Units since 1970-01-01T00:00.
     *
     * @param utc whether that is a point in time; else it is the local time of nobody says where, and is written without an offset
     */
    public static void timestamp(JsonGenerator json, long units, ChronoUnit unit, boolean utc) throws IOException {
        Instant instant = Instant.EPOCH.plus(units, unit);
        json.writeString(
                utc
                        ? instant.toString()
                        : LocalDateTime.ofInstant(instant, ZoneOffset.UTC).toString());
    }
}
