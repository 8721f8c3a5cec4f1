package dev.surprisal.scorer.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/**
 * A record that was flagged, as a consumer of the topic of anomalies reads it.
 *
 * @param partition of the record
 * @param offset of the record
 * @param timestamp of the record, milliseconds since 1970-01-01T00:00Z
 * @param key of the record, as text; may be null
 * @param surprise in bits
 * @param fields that made it improbable, the most surprising first
 * @param event the event, JSON in UTF-8
 */
public record Flag(
        int partition, long offset, long timestamp, String key, double surprise, List<String> fields, byte[] event) {

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * A flag from an event.
     *
     * @throws IOException if it is none
     */
    static Flag of(String key, byte[] event) throws IOException {
        JsonNode tree = JSON.readTree(event);
        if (tree == null
                || !tree.path("offset").isIntegralNumber()
                || !tree.path("partition").isIntegralNumber()) {
            throw new IOException("it names no record");
        }
        return new Flag(
                tree.get("partition").asInt(),
                tree.get("offset").asLong(),
                tree.path("timestamp").asLong(),
                key,
                tree.path("surprise").asDouble(),
                tree.path("reasons").findValuesAsText("field"),
                event);
    }

    /** The record's place in its topic, as PARTITION-OFFSET. */
    public String id() {
        return partition + "-" + offset;
    }

    /** The event, field by field. */
    public JsonNode json() {
        try {
            return JSON.readTree(event);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether key or event hold a text, in upper or lower case. */
    public boolean mentions(String text) {
        String wanted = text.toLowerCase(Locale.ROOT);
        return (key != null && key.toLowerCase(Locale.ROOT).contains(wanted))
                || new String(event, java.nio.charset.StandardCharsets.UTF_8)
                        .toLowerCase(Locale.ROOT)
                        .contains(wanted);
    }

    int bytes() {
        return event.length + (key == null ? 0 : key.length()) + 200;
    }
}
