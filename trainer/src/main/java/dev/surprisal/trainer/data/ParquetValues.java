package dev.surprisal.trainer.data;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.surprisal.schemas.record.LogicalValues;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.Float16LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;

/** The values of a Parquet record as JSON. */
final class ParquetValues {

    /** The Julian day that began at noon of 1970-01-01, from which the days of INT96 count. */
    private static final long JULIAN_EPOCH = 2_440_588;

    private ParquetValues() {}

    static void object(JsonGenerator json, Group group) throws IOException {
        GroupType type = group.getType();
        json.writeStartObject();
        for (int field = 0; field < type.getFieldCount(); field++) {
            json.writeFieldName(type.getFieldName(field));
            field(json, group, field, type.getType(field));
        }
        json.writeEndObject();
    }

    private static void field(JsonGenerator json, Group group, int field, Type type) throws IOException {
        int count = group.getFieldRepetitionCount(field);
        if (type.getRepetition() == Repetition.REPEATED) {
            json.writeStartArray();
            for (int i = 0; i < count; i++) {
                value(json, group, field, i, type);
            }
            json.writeEndArray();
        } else if (count == 0) {
            json.writeNull();
        } else {
            value(json, group, field, 0, type);
        }
    }

    private static void value(JsonGenerator json, Group group, int field, int i, Type type) throws IOException {
        if (!type.isPrimitive()) {
            object(json, group.getGroup(field, i));
            return;
        }
        LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
        switch (type.asPrimitiveType().getPrimitiveTypeName()) {
            case BOOLEAN -> json.writeBoolean(group.getBoolean(field, i));
            case INT32 -> integer(json, group.getInteger(field, i), 32, logical);
            case INT64 -> integer(json, group.getLong(field, i), 64, logical);
            case INT96 -> int96(json, group.getInt96(field, i));
            case FLOAT -> LogicalValues.number(json, group.getFloat(field, i));
            case DOUBLE -> LogicalValues.number(json, group.getDouble(field, i));
            case BINARY, FIXED_LEN_BYTE_ARRAY -> bytes(json, group.getBinary(field, i), type.asPrimitiveType());
        }
    }

    private static void integer(JsonGenerator json, long value, int bits, LogicalTypeAnnotation logical)
            throws IOException {
        if (logical instanceof DecimalLogicalTypeAnnotation decimal) {
            LogicalValues.decimal(json, BigDecimal.valueOf(value, decimal.getScale()));
        } else if (logical instanceof DateLogicalTypeAnnotation) {
            LogicalValues.date(json, value);
        } else if (logical instanceof TimeLogicalTypeAnnotation time) {
            LogicalValues.time(json, value, unit(time.getUnit()));
        } else if (logical instanceof TimestampLogicalTypeAnnotation timestamp) {
            LogicalValues.timestamp(json, value, unit(timestamp.getUnit()), timestamp.isAdjustedToUTC());
        } else if (value < 0 && logical instanceof IntLogicalTypeAnnotation integer && !integer.isSigned()) {
            json.writeNumber(BigInteger.valueOf(value).add(BigInteger.ONE.shiftLeft(bits)));
        } else {
            json.writeNumber(value);
        }
    }

    private static ChronoUnit unit(LogicalTypeAnnotation.TimeUnit unit) {
        return switch (unit) {
            case MILLIS -> ChronoUnit.MILLIS;
            case MICROS -> ChronoUnit.MICROS;
            case NANOS -> ChronoUnit.NANOS;
        };
    }

    /** A timestamp of the old kind: nanoseconds of the day, then its Julian number, both little-endian. */
    private static void int96(JsonGenerator json, Binary value) throws IOException {
        ByteBuffer bytes = value.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        long nanos = bytes.getLong(bytes.position());
        long days = bytes.getInt(bytes.position() + Long.BYTES) - JULIAN_EPOCH;
        // Microseconds hold any day that 32 bits can name; of the nanoseconds below them nothing is asked.
        long micros = TimeUnit.DAYS.toMicros(days) + TimeUnit.NANOSECONDS.toMicros(nanos);
        LogicalValues.timestamp(json, micros, ChronoUnit.MICROS, true);
    }

    /** Bytes of no stated type are text: so did older writers store it. */
    private static void bytes(JsonGenerator json, Binary value, PrimitiveType type) throws IOException {
        LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
        if (logical instanceof DecimalLogicalTypeAnnotation decimal) {
            LogicalValues.decimal(json, value.getBytes(), decimal.getScale());
        } else if (logical instanceof UUIDLogicalTypeAnnotation) {
            ByteBuffer bytes = value.toByteBuffer();
            json.writeString(new UUID(bytes.getLong(), bytes.getLong()).toString());
        } else if (logical instanceof Float16LogicalTypeAnnotation) {
            LogicalValues.number(json, Float.parseFloat(type.stringifier().stringify(value)));
        } else {
            json.writeString(value.toStringUsingUTF8());
        }
    }
}
