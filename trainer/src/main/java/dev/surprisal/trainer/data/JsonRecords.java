package dev.surprisal.trainer.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.JsonRecordParser;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordException;
import dev.surprisal.schemas.record.RecordException.Step;
import dev.surprisal.schemas.record.RecordSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Records that come as JSON objects. */
final class JsonRecords implements RecordReader {

    private static final JsonFactory JSON = new JsonFactory();

    private final JsonObjects objects;
    private final RecordSpec spec;
    private RecordEncoder encoderOfParser;
    private JsonRecordParser parser;
    private String current;

    JsonRecords(JsonObjects objects, RecordSpec spec) {
        this.objects = objects;
        this.spec = spec;
    }

    @Override
    public boolean next() {
        current = objects.next();
        return current != null;
    }

    @Override
    public String place() {
        return objects.place();
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
        try (JsonParser json = JSON.createParser(current)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new RecordException(Step.PARSE, "the record is not a JSON object");
            }
            return find(json, field);
        } catch (JsonProcessingException e) {
            throw new RecordException(Step.PARSE, "the record is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text of a value in the object that the parser is in; dots in the path lead into nested objects. */
    private String find(JsonParser json, String path) throws IOException {
        String found = "";
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            JsonToken value = json.nextToken();
            if (key.equals(path)) {
                found = text(json, value);
            } else if (value == JsonToken.START_OBJECT && path.startsWith(key + ".")) {
                String nested = find(json, path.substring(key.length() + 1));
                found = nested.isEmpty() ? found : nested;
            } else {
                json.skipChildren();
            }
        }
        return found;
    }

    /** A value as it is written, not as it is read: 1.50 stays 1.50. */
    private String text(JsonParser json, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return "";
        }
        if (!value.isStructStart()) {
            return json.getText();
        }
        int start = (int) json.currentTokenLocation().getCharOffset();
        json.skipChildren();
        return current.substring(start, (int) json.currentLocation().getCharOffset());
    }

    @Override
    public List<String> columns() {
        return List.of();
    }

    @Override
    public String json() {
        return current;
    }

    @Override
    public long size() {
        return objects.size();
    }

    @Override
    public long position() {
        return objects.position();
    }

    @Override
    public void close() throws IOException {
        objects.close();
    }
}
