package dev.surprisal.scorer.feedback;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.surprisal.schemas.event.RecordCoordinates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Records as the trainer reads them: one JSON object a line, with the record's coordinates as its first key. */
public final class RecordLines {

    private static final JsonFactory JSON = new JsonFactory();

    private RecordLines() {}

    /** Whether a value is one JSON object and nothing else; what is not has no score. */
    public static boolean isObject(byte[] value) {
        if (value == null) {
            return false;
        }
        try (JsonParser parser = JSON.createParser(value)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            parser.skipChildren();
            return parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
        } catch (IOException e) {
            // It is no JSON, which is all there is to know.
            return false;
        }
    }

    /** The text of a JSON object in UTF-8, without what may stand before it. */
    static String text(byte[] json) {
        String text = new String(json, StandardCharsets.UTF_8);
        return text.substring(text.indexOf('{'));
    }

    /**
     * A record as a line, without its end; its values are as they were written.
     *
     * @param json the record, a JSON object in UTF-8
     */
    public static byte[] of(RecordCoordinates record, byte[] json) {
        String text = new String(json, StandardCharsets.UTF_8);
        int open = text.indexOf('{');
        // Between values a line break is white space, and within them JSON has none.
        String rest =
                text.substring(open + 1).replace('\n', ' ').replace('\r', ' ').strip();
        String separator = rest.startsWith("}") ? "" : ",";
        return ("{\"" + RecordCoordinates.FIELD + "\":\"" + record + "\"" + separator + rest)
                .getBytes(StandardCharsets.UTF_8);
    }
}
