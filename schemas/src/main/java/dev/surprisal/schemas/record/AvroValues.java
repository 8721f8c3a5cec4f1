package dev.surprisal.schemas.record;

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

/** Writes the values of an Avro record as JSON; what JSON has no type for as {@link LogicalValues} says, and bytes of no stated type as text of one character a byte, as in Avro's own JSON. */
public final class AvroValues {

    private final JsonGenerator json;
    private final boolean aliases;

    /** @param aliases whether a field also stands under the aliases that its schema gives it, for who knows it by an earlier name */
    public AvroValues(JsonGenerator json, boolean aliases) {
        this.json = json;
        this.aliases = aliases;
    }

    /**
     * Writes a value.
     *
     * @param schema with which it was read
     */
    public void write(Schema schema, Object value) throws IOException {
        switch (schema.getType()) {
            case UNION -> write(schema.getTypes().get(GenericData.get().resolveUnion(schema, value)), value);
            case RECORD -> object(schema, (IndexedRecord) value);
            case MAP -> map(schema.getValueType(), (Map<?, ?>) value);
            case ARRAY -> array(schema.getElementType(), (Collection<?>) value);
            case NULL -> json.writeNull();
            case BOOLEAN -> json.writeBoolean((Boolean) value);
            case INT, LONG -> integer(schema.getLogicalType(), ((Number) value).longValue());
            case FLOAT -> LogicalValues.number(json, (Float) value);
            case DOUBLE -> LogicalValues.number(json, (Double) value);
            case BYTES -> bytes(schema.getLogicalType(), bytes((ByteBuffer) value));
            case FIXED -> bytes(schema.getLogicalType(), ((GenericFixed) value).bytes());
            case STRING, ENUM -> json.writeString(value.toString());
        }
    }

    private void object(Schema schema, IndexedRecord record) throws IOException {
        json.writeStartObject();
        for (Schema.Field field : schema.getFields()) {
            json.writeFieldName(field.name());
            write(field.schema(), record.get(field.pos()));
            if (aliases) {
                aliases(schema, field, record.get(field.pos()));
            }
        }
        json.writeEndObject();
    }

    /** A field of the record that has the name by now keeps it. */
    private void aliases(Schema schema, Schema.Field field, Object value) throws IOException {
        for (String alias : field.aliases()) {
            if (schema.getField(alias) == null) {
                json.writeFieldName(alias);
                write(field.schema(), value);
            }
        }
    }

    private void map(Schema values, Map<?, ?> map) throws IOException {
        json.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            json.writeFieldName(entry.getKey().toString());
            write(values, entry.getValue());
        }
        json.writeEndObject();
    }

    private void array(Schema elements, Collection<?> array) throws IOException {
        json.writeStartArray();
        for (Object element : array) {
            write(elements, element);
        }
        json.writeEndArray();
    }

    private void integer(LogicalType logical, long value) throws IOException {
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

    private void bytes(LogicalType logical, byte[] bytes) throws IOException {
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
