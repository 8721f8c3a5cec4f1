package dev.surprisal.scorer.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An incident as its latest event tells it, read as a consumer of the topic of incidents reads it.
 *
 * @param id of the incident
 * @param open whether it is
 * @param key of its records, as text; may be null
 * @param fields with a weighty part in its flags
 * @param start the earliest timestamp of its flags, milliseconds since 1970-01-01T00:00Z
 * @param last the latest timestamp of its flags
 * @param surprise of its most surprising flag, bits
 * @param event the latest event, JSON in UTF-8
 */
public record ToldIncident(
        String id, boolean open, String key, List<String> fields, long start, long last, double surprise, byte[] event)
        implements ToldLog.Told {

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * An incident from an event.
     *
     * @throws IOException if it is none
     */
    static ToldIncident of(byte[] event) throws IOException {
        JsonNode tree = event == null ? null : JSON.readTree(event);
        if (tree == null || !tree.path("id").isTextual() || !tree.path("event").isTextual()) {
            throw new IOException("it is no event of an incident");
        }
        List<String> fields = new ArrayList<>();
        tree.path("fields").forEach(field -> fields.add(field.asText()));
        return new ToldIncident(
                tree.get("id").asText(),
                !tree.get("event").asText().equals("closed"),
                tree.path("key").asText(null),
                fields,
                tree.path("start").asLong(),
                tree.path("last").asLong(),
                tree.path("peak_surprise").asDouble(),
                event);
    }

    /** The event, field by field. */
    public JsonNode json() {
        try {
            return JSON.readTree(event);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the event holds a text, in upper or lower case. */
    public boolean mentions(String text) {
        return new String(event, StandardCharsets.UTF_8)
                .toLowerCase(Locale.ROOT)
                .contains(text.toLowerCase(Locale.ROOT));
    }

    @Override
    public int bytes() {
        return event.length + 300;
    }
}
