package dev.surprisal.trainer.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.JsonRecordParser;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The records of a file with one JSON object a line; blank lines are passed over. */
final class JsonLines implements RecordReader {

    private static final JsonMapper JSON = new JsonMapper();

    private final TextFile file;
    private final RecordSpec spec;
    private RecordEncoder encoderOfParser;
    private JsonRecordParser parser;
    private String current;
    private long line;

    JsonLines(TextFile file, RecordSpec spec) {
        this.file = file;
        this.spec = spec;
    }

    @Override
    public boolean next() {
        do {
            line++;
            current = file.line(line);
        } while (current != null && current.isBlank());
        return current != null;
    }

    @Override
    public long line() {
        return line;
    }

    @Override
    public void encode(RecordEncoder encoder, EncodedRow row) {
        if (encoderOfParser != encoder) {
            encoderOfParser = encoder;
            parser = new JsonRecordParser(spec, encoder);
        }
        parser.parse(current.getBytes(StandardCharsets.UTF_8), row);
    }

    @Override
    public String text(String field) {
        JsonNode node;
        try {
            node = JSON.readTree(current);
        } catch (JsonProcessingException e) {
            return "";
        }
        JsonNode value = node.path(field);
        if (value.isMissingNode()) {
            value = node;
            for (String part : field.split("\\.", -1)) {
                value = value.path(part);
            }
        }
        return value.isValueNode() && !value.isNull()
                ? value.asText()
                : value.isContainerNode() ? value.toString() : "";
    }

    @Override
    public String json() {
        return current;
    }

    @Override
    public long size() {
        return file.size();
    }

    @Override
    public long position() {
        return file.position();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
