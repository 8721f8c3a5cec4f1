package dev.surprisal.trainer.data;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;

/** The values of an Avro record as JSON. */
final class AvroValues {

    private AvroValues() {}

    static void value(JsonGenerator json, Schema schema, Object value) throws IOException {
        switch (schema.getType()) {
            case UNION -> value(json, schema.getTypes().get(GenericData.get().resolveUnion(schema, value)), value);
            case RECORD -> object(json, schema, (IndexedRecord) value);
            case MAP -> map(json, schema.getValueType(), (Map<?, ?>) value);
            case ARRAY -> array(json, schema.getElementType(), (Collection<?>) value);
            case NULL -> json.writeNull();
            case BOOLEAN -> json.writeBoolean((Boolean) value);
            case INT, LONG -> integer(json, schema.getLogicalType(), ((Number) value).longValue());
            case FLOAT -> LogicalValues.number(json, (Float) value);
            case DOUBLE -> LogicalValues.number(json, (Double) value);
            case BYTES -> bytes(json, schema.getLogicalType(), bytes((ByteBuffer) value));
            case FIXED -> bytes(json, schema.getLogicalType(), ((GenericFixed) value).bytes());
            case STRING, ENUM -> json.writeString(value.toString());
        }
    }

    private static void object(JsonGenerator json, Schema schema, IndexedRecord record) throws IOException {
        json.writeStartObject();
        for (Schema.Field field : schema.getFields()) {
            json.writeFieldName(field.name());
            value(json, field.schema(), record.get(field.pos()));
        }
        json.writeEndObject();
    }

    private static void map(JsonGenerator json, Schema values, Map<?, ?> map) throws IOException {
        json.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            json.writeFieldName(entry.getKey().toString());
            value(json, values, entry.getValue());
        }
        json.writeEndObject();
    }

    private static void array(JsonGenerator json, Schema elements, Collection<?> array) throws IOException {
        json.writeStartArray();
        for (Object element : array) {
            value(json, elements, element);
        }
        json.writeEndArray();
    }

    private static void integer(JsonGenerator json, LogicalType logical, long value) throws IOException {
        switch (logical == null ? "" : logical.getName()) {
            case "date" -> LogicalValues.date(json, value);
            case "time-millis" -> LogicalValues.time(json, value, ChronoUnit.MILLIS);
            case "time-micros" -> LogicalValues.time(json, value, ChronoUnit.MICROS);
            case "timestamp-millis" -> LogicalValues.timestamp(json, value, ChronoUnit.MILLIS, true);
            case "timestamp-micros" -> LogicalValues.timestamp(json, value, ChronoUnit.MICROS, true);
            case "timestamp-nanos" -> LogicalValues.timestamp(json, value, ChronoUnit.NANOS, true);
            case "local-timestamp-millis" -> LogicalValues.timestamp(json, value, ChronoUnit.MILLIS, false);
            case "local-timestamp-micros" -> LogicalValues.timestamp(json, value, ChronoUnit.MICROS, false);
            case "local-timestamp-nanos" -> LogicalValues.timestamp(json, value, ChronoUnit.NANOS, false);
            default -> json.writeNumber(value);
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** Bytes of no stated type are text of one character a byte, as in Avro's own JSON. */
    private static void bytes(JsonGenerator json, LogicalType logical, byte[] bytes) throws IOException {
        if (logical instanceof LogicalTypes.Decimal decimal) {
            LogicalValues.decimal(json, bytes, decimal.getScale());
        } else if (logical != null
                && logical.getName().equals(LogicalTypes.uuid().getName())
                && bytes.length == 16) {
            ByteBuffer uuid = ByteBuffer.wrap(bytes);
            json.writeString(new UUID(uuid.getLong(), uuid.getLong()).toString());
        } else {
            json.writeString(new String(bytes, StandardCharsets.ISO_8859_1));
        }
    }
}
