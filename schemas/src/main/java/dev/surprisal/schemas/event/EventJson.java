package dev.surprisal.schemas.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/**
 * Writes events as plain JSON: the schema's field names as keys, unions without tags.
 *
 * <p>Avro's own JSON encoding wraps every value of a union into an object, which no consumer of JSON expects.
 *
 * <p>Of one thread: it keeps its buffers from event to event.
 *
 * @param <E> the event
 */
public final class EventJson<E extends IndexedRecord> implements EventEncoder<E> {

    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .rootValueSeparator("")
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build();

    private final Writer writer;
    private final ByteArrayBuilder bytes = new ByteArrayBuilder(512);
    /** Null until there is an event to write, and after one that could not be written. */
    private JsonGenerator json;

    public EventJson(Schema schema) {
        writer = writer(schema, false);
    }

    /** The event in UTF-8. */
    @Override
    public byte[] write(E event) {
        JsonGenerator generator = json;
        json = null;
        bytes.reset();
        try {
            if (generator == null) {
                generator = JSON.createGenerator(bytes);
            }
            writer.write(event, generator);
            generator.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        json = generator;
        return bytes.toByteArray();
    }

    /** A text as JSON in UTF-8, after what stands before it. */
    static byte[] named(String before, String text) {
        ByteArrayBuilder bytes = new ByteArrayBuilder();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeRaw(before);
            json.writeString(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static Writer writer(Schema schema, boolean embedded) {
        return switch (schema.getType()) {
            case RECORD -> record(schema);
            case ARRAY -> array(schema);
            case STRING ->
                embedded
                        ? (value, json) -> json.writeRawValue((String) value)
                        : (value, json) -> json.writeString((String) value);
            case INT -> (value, json) -> json.writeNumber((Integer) value);
            case LONG ->
                (value, json) ->
                        json.writeNumber((value instanceof Instant instant) ? instant.toEpochMilli() : (Long) value);
            case FLOAT -> (value, json) -> json.writeNumber((Float) value);
            case DOUBLE -> (value, json) -> json.writeNumber((Double) value);
            case BOOLEAN -> (value, json) -> json.writeBoolean((Boolean) value);
            case UNION -> embedded ? EventJson::embedded : EventJson::scalar;
            default -> throw new IllegalArgumentException("events have no fields of type " + schema.getType());
        };
    }

    private static Writer record(Schema schema) {
        List<Schema.Field> fields = schema.getFields();
        SerializableString[] names =
                fields.stream().map(field -> new SerializedString(field.name())).toArray(SerializableString[]::new);
        Writer[] writers = fields.stream()
                .map(field -> writer(field.schema(), "json".equals(field.getProp("content"))))
                .toArray(Writer[]::new);
        return (value, json) -> {
            IndexedRecord event = (IndexedRecord) value;
            json.writeStartObject();
            for (int i = 0; i < names.length; i++) {
                json.writeFieldName(names[i]);
                writers[i].write(event.get(i), json);
            }
            json.writeEndObject();
        };
    }

    private static Writer array(Schema schema) {
        Writer element = writer(schema.getElementType(), false);
        return (value, json) -> {
            json.writeStartArray();
            for (Object each : (List<?>) value) {
                element.write(each, json);
            }
            json.writeEndArray();
        };
    }

    /** The unions of events are of null, numbers and strings. */
    private static void scalar(Object value, JsonGenerator json) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof Float number) {
            json.writeNumber(number);
        } else {
            json.writeString((String) value);
        }
    }

    /** Text that is JSON already. */
    private static void embedded(Object value, JsonGenerator json) throws IOException {
        if (value == null) {
            json.writeNull();
        } else {
            json.writeRawValue((String) value);
        }
    }

    @FunctionalInterface
    private interface Writer {
        void write(Object value, JsonGenerator json) throws IOException;
    }
}
