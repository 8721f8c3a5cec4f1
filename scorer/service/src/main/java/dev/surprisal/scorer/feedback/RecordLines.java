package dev.surprisal.scorer.feedback;

import dev.surprisal.schemas.event.RecordCoordinates;
import java.nio.charset.StandardCharsets;

/** Records as the trainer reads them: one JSON object a line, with the record's coordinates as its first key. */
public final class RecordLines {

    private RecordLines() {}

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
