package dev.surprisal.schemas.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.surprisal.schemas.record.RecordException.Step;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Avro records of one schema as the JSON objects that a record spec is written for, so that there is one way from records to rows.
 *
 * <p>A field that was renamed stands under its new name and under its aliases, for specs that know it by one of these. Numbers keep their value to the bit; NaN, which JSON does not have, becomes null. Of
 * the logical types, dates and timestamps become ISO 8601 text, timestamps in UTC, and decimals become numbers; bytes become text by ISO 8859-1, as in Avro's own JSON. Safe for concurrent use.
 */
public final class AvroRecordJson {

    private static final JsonFactory JSON = new JsonFactory();
    /** More digits than any amount has; to write a million of them would take seconds. */
    private static final int MOST_DECIMAL_BYTES = 128;

    private final Schema schema;
    private final GenericDatumReader<Object> reader;

    /**
     * @param schema with which the records were written
     * @throws RecordException if it is no record's, or takes records of any depth, or arrays of any length within no bytes at all
     */
    public AvroRecordJson(Schema schema) {
        if (schema.getType() != Schema.Type.RECORD) {
            throw new RecordException(
                    Step.PARSE,
                    "the record's schema is of type " + schema.getType().getName() + ", not record");
        }
        check(schema, new ArrayDeque<>());
        this.schema = schema;
        reader = new GenericDatumReader<>(schema, schema, new GenericData());
    }

    /** What a few bytes could make large is refused before any of them is read. */
    private static void check(Schema schema, Deque<String> within) {
        switch (schema.getType()) {
            case RECORD -> {
                if (within.contains(schema.getFullName())) {
                    throw new RecordException(
                            Step.PARSE,
                            "the record's schema contains itself, at " + schema.getFullName()
                                    + "; records of any depth are not taken");
                }
                within.push(schema.getFullName());
                schema.getFields().forEach(field -> check(field.schema(), within));
                within.pop();
            }
            case ARRAY -> {
                check(schema.getElementType(), within);
                if (takesNoBytes(schema.getElementType())) {
                    throw new RecordException(
                            Step.PARSE,
                            "the record's schema has an array of items that take no bytes; it is not taken");
                }
            }
            case MAP -> check(schema.getValueType(), within);
            case UNION -> schema.getTypes().forEach(each -> check(each, within));
            default -> {}
        }
    }

    private static boolean takesNoBytes(Schema schema) {
        return switch (schema.getType()) {
            case NULL -> true;
            case FIXED -> schema.getFixedSize() == 0;
            case RECORD -> schema.getFields().stream().allMatch(field -> takesNoBytes(field.schema()));
            default -> false;
        };
    }

    /**
     * One record as JSON in UTF-8.
     *
     * @param bytes in Avro's binary encoding
     * @param from where it begins; it goes to the end
     * @throws RecordException if it does not fit the schema
     */
    public byte[] json(byte[] bytes, int from) {
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, from, bytes.length - from, null);
        ByteArrayOutputStream out = new ByteArrayOutputStream(2 * bytes.length + 64);
        try {
            Object value = reader.read(null, decoder);
            if (!decoder.isEnd()) {
                throw new RecordException(Step.PARSE, "something follows the Avro record");
            }
            try (JsonGenerator json = JSON.createGenerator(out)) {
                write(value, schema, json);
            }
        } catch (RecordException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Avro throws of all kinds at bytes that do not fit.
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new RecordException(Step.PARSE, "the record does not fit its Avro schema: " + firstLine(why), e);
        }
        return out.toByteArray();
    }

    private static void write(Object value, Schema schema, JsonGenerator json) throws IOException {
        switch (schema.getType()) {
            case RECORD -> record((IndexedRecord) value, schema, json);
            case ARRAY -> {
                json.writeStartArray();
                for (Object each : (Collection<?>) value) {
                    write(each, schema.getElementType(), json);
                }
                json.writeEndArray();
            }
            case MAP -> {
                json.writeStartObject();
                for (Map.Entry<?, ?> each : ((Map<?, ?>) value).entrySet()) {
                    json.writeFieldName(each.getKey().toString());
                    write(each.getValue(), schema.getValueType(), json);
                }
                json.writeEndObject();
            }
            case UNION -> write(value, schema.getTypes().get(GenericData.get().resolveUnion(schema, value)), json);
            case STRING, ENUM -> json.writeString(value.toString());
            case BYTES -> bytes(((ByteBuffer) value).duplicate(), schema.getLogicalType(), json);
            case FIXED -> bytes(ByteBuffer.wrap(((GenericFixed) value).bytes()), schema.getLogicalType(), json);
            case INT, LONG -> whole(((Number) value).longValue(), schema.getLogicalType(), json);
            case FLOAT -> {
                float number = (Float) value;
                if (Float.isNaN(number)) {
                    json.writeNull();
                } else {
                    json.writeNumber(number);
                }
            }
            case DOUBLE -> {
                double number = (Double) value;
                if (Double.isNaN(number)) {
                    json.writeNull();
                } else {
                    json.writeNumber(number);
                }
            }
            case BOOLEAN -> json.writeBoolean((Boolean) value);
            case NULL -> json.writeNull();
        }
    }

    private static void record(IndexedRecord record, Schema schema, JsonGenerator json) throws IOException {
        json.writeStartObject();
        for (Schema.Field field : schema.getFields()) {
            json.writeFieldName(field.name());
            write(record.get(field.pos()), field.schema(), json);
            for (String alias : field.aliases()) {
                if (schema.getField(alias) == null) {
                    json.writeFieldName(alias);
                    write(record.get(field.pos()), field.schema(), json);
                }
            }
        }
        json.writeEndObject();
    }

    private static void whole(long value, LogicalType type, JsonGenerator json) throws IOException {
        if (type instanceof LogicalTypes.Date) {
            json.writeString(LocalDate.ofEpochDay(value).toString());
        } else if (type instanceof LogicalTypes.TimestampMillis) {
            json.writeString(instant(value, ChronoUnit.MILLIS).toString());
        } else if (type instanceof LogicalTypes.TimestampMicros) {
            json.writeString(instant(value, ChronoUnit.MICROS).toString());
        } else if (type instanceof LogicalTypes.TimestampNanos) {
            json.writeString(instant(value, ChronoUnit.NANOS).toString());
        } else if (type instanceof LogicalTypes.LocalTimestampMillis) {
            json.writeString(local(value, ChronoUnit.MILLIS));
        } else if (type instanceof LogicalTypes.LocalTimestampMicros) {
            json.writeString(local(value, ChronoUnit.MICROS));
        } else if (type instanceof LogicalTypes.LocalTimestampNanos) {
            json.writeString(local(value, ChronoUnit.NANOS));
        } else {
            json.writeNumber(value);
        }
    }

    private static Instant instant(long value, ChronoUnit unit) {
        return Instant.EPOCH.plus(value, unit);
    }

    private static String local(long value, ChronoUnit unit) {
        return LocalDateTime.ofInstant(instant(value, unit), ZoneOffset.UTC).toString();
    }

    private static void bytes(ByteBuffer bytes, LogicalType type, JsonGenerator json) throws IOException {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        if (type instanceof LogicalTypes.Decimal decimal && copy.length > 0) {
            if (copy.length > MOST_DECIMAL_BYTES) {
                throw new RecordException(Step.PARSE, "the record has a decimal of " + copy.length + " bytes");
            }
            json.writeNumber(new BigDecimal(new BigInteger(copy), decimal.getScale()));
        } else {
            json.writeString(new String(copy, StandardCharsets.ISO_8859_1));
        }
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }
}
