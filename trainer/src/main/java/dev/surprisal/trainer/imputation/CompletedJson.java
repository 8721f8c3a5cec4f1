package dev.surprisal.trainer.imputation;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.surprisal.trainer.data.RecordReader;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.util.List;

/** Completed records as JSON lines; a record without missing values is written as it was read. */
final class CompletedJson implements CompletedRecords {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            // 1.50 stays 1.50.
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final Writer text;
    private final boolean scales;

    CompletedJson(Writer text, boolean scales) {
        this.text = text;
        this.scales = scales;
    }

    @Override
    public Object keep(RecordReader reader) {
        return reader.json();
    }

    @Override
    public void write(Object kept, List<FilledField> filled) throws IOException {
        String line = (String) kept;
        if (!filled.isEmpty()) {
            ObjectNode record = (ObjectNode) JSON.readTree(line);
            for (FilledField field : filled) {
                put(record, field.field(), value(field));
                if (scales && field.scale() != null) {
                    put(
                            record,
                            CompletedRecords.scaleOf(field.field()),
                            DecimalNode.valueOf(new BigDecimal(field.scale())));
                }
            }
            line = JSON.writeValueAsString(record);
        }
        text.write(line);
        text.write('\n');
    }

    private static JsonNode value(FilledField field) {
        return switch (field.type()) {
            case NUMBER -> DecimalNode.valueOf(new BigDecimal(field.text()));
            case BOOLEAN -> BooleanNode.valueOf(Boolean.parseBoolean(field.text()));
            default -> TextNode.valueOf(field.text());
        };
    }

    /** Puts a value where its name leads: dots lead into nested objects, unless a key has them in its name. */
    private static void put(ObjectNode object, String name, JsonNode value) {
        int dot = name.indexOf('.');
        if (dot < 0 || object.has(name)) {
            object.set(name, value);
            return;
        }
        JsonNode nested = object.get(name.substring(0, dot));
        if (nested == null || nested.isNull()) {
            nested = object.putObject(name.substring(0, dot));
        }
        if (nested instanceof ObjectNode inner) {
            put(inner, name.substring(dot + 1), value);
        } else {
            object.set(name, value);
        }
    }

    @Override
    public void flush() throws IOException {
        text.flush();
    }
}
