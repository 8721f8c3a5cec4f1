package dev.surprisal.schemas.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.surprisal.schemas.record.RecordException.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads a record that is a JSON object, token by token, into a model's input row.
 *
 * <p>Keys that the spec does not name are passed over: producers may add fields. Not safe for concurrent use.
 */
public final class JsonRecordParser {

    private static final JsonFactory JSON = new JsonFactoryBuilder()
            // Producers may make up keys without end; those of the spec are compared by their bytes.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(100)
                    .maxNumberLength(400)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final RecordEncoder encoder;
    private final Keys keys = new Keys();

    public JsonRecordParser(RecordSpec spec, RecordEncoder encoder) {
        this.encoder = encoder;
        for (Field field : spec.fields()) {
            keys.add(field.name(), encoder.fieldIndex(field.name()));
        }
    }

    /**
     * Reads one record.
     *
     * @param json the record in UTF-8
     * @param row receives it
     * @throws RecordException if it is no JSON object or does not fit the spec
     */
    public void parse(byte[] json, EncodedRow row) {
        if (json == null) {
            throw new RecordException(Step.PARSE, "the record has no value");
        }
        // Jackson would take UTF-16 and UTF-32 too; they have zero bytes where JSON in UTF-8 has none.
        if (json.length > 1 && (json[0] == 0 || json[1] == 0 || json[0] == (byte) 0xFE || json[0] == (byte) 0xFF)) {
            throw new RecordException(Step.PARSE, "the record is not JSON in UTF-8");
        }
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new RecordException(
                        Step.PARSE, json.length == 0 ? "the record is empty" : "the record is not a JSON object");
            }
            encoder.begin(row);
            object(parser, keys);
            if (parser.nextToken() != null) {
                throw new RecordException(Step.PARSE, "something follows the record's JSON object");
            }
            encoder.end();
        } catch (JsonProcessingException e) {
            throw new RecordException(Step.PARSE, "the record is not JSON: " + firstLine(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void object(JsonParser parser, Keys level) throws IOException {
        Key last = level.start;
        while (true) {
            Key key = last.next;
            if (!isNext(parser, key)) {
                if (parser.currentToken() == JsonToken.END_OBJECT) {
                    return;
                }
                key = level.children.get(parser.currentName());
            }
            JsonToken token = parser.nextToken();
            if (key == null) {
                parser.skipChildren();
                continue;
            }
            last.next = key;
            last = key;
            if (token == JsonToken.START_OBJECT && key.hasBelow()) {
                object(parser, key.below);
            } else if (key.field >= 0) {
                value(parser, token, key.field);
            } else {
                parser.skipChildren();
            }
        }
    }

    /** Moves to the next key, and tells whether it is the one that is expected: records of one producer have their keys in one order, and expected bytes need no look-up. */
    private static boolean isNext(JsonParser parser, Key expected) throws IOException {
        if (expected == null) {
            parser.nextToken();
            return false;
        }
        return parser.nextFieldName(expected.name);
    }

    private void value(JsonParser parser, JsonToken token, int field) throws IOException {
        if (encoder.ignores(field)) {
            parser.skipChildren();
            return;
        }
        switch (token) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser, token, field);
            case VALUE_STRING -> encoder.text(field, parser.getText());
            case VALUE_TRUE, VALUE_FALSE -> encoder.bool(field, token == JsonToken.VALUE_TRUE);
            case VALUE_NULL -> encoder.missing(field);
            case START_ARRAY -> encoder.structure(field, "array");
            case START_OBJECT -> encoder.structure(field, "object");
            default -> throw new IllegalStateException("no value starts with " + token);
        }
    }

    private void number(JsonParser parser, JsonToken token, int field) throws IOException {
        double value;
        try {
            value = token == JsonToken.VALUE_NUMBER_FLOAT
                    ? ShortDecimal.parse(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength())
                    : Double.NaN;
            if (Double.isNaN(value)) {
                value = parser.getDoubleValue();
            }
        } catch (JsonProcessingException | NumberFormatException e) {
            throw new RecordException(
                    Step.ENCODE, "a number of the record cannot be read: " + firstLine(e.getMessage()), e);
        }
        encoder.number(field, value, encoder.isNumber(field) ? "" : parser.getText());
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    /** The keys that lead to fields, of one level of nested objects; a name with dots is also a key as it stands. */
    private static final class Keys {
        private final Map<String, Key> children = new HashMap<>();
        /** Stands before the first. */
        private final Key start = new Key("");

        void add(String name, int fieldIndex) {
            key(name).field = fieldIndex;
            Keys level = this;
            Key key = start;
            for (String part : name.split("\\.", -1)) {
                key = level.key(part);
                level = key.below();
            }
            key.field = fieldIndex;
        }

        private Key key(String name) {
            return children.computeIfAbsent(name, Key::new);
        }
    }

    private static final class Key {
        private final SerializedString name;
        private Keys below;
        private int field = -1;
        /** The key of the spec that followed the last time. */
        private Key next;

        Key(String name) {
            this.name = new SerializedString(name);
        }

        boolean hasBelow() {
            return below != null && !below.children.isEmpty();
        }

        Keys below() {
            if (below == null) {
                below = new Keys();
            }
            return below;
        }
    }
}
