package dev.surprisal.scorer.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/**
 * A silence of a key as its latest event tells it, read as a consumer of the topic of silences reads it.
 *
 * @param id of the silence
 * @param open whether the key is silent
 * @param key of its records, as text
 * @param time when the key was called silent or came again, milliseconds since 1970-01-01T00:00Z
 * @param json the latest event
 * @param bytes about how much memory it takes
 */
public record ToldSilence(String id, boolean open, String key, long time, JsonNode json, int bytes)
        implements ToldLog.Told {

    private static final JsonMapper JSON = new JsonMapper();
    /** A tree takes several times as much as its text. */
    private static final int TREE = 4;

    /**
     * A silence from an event.
     *
     * @throws IOException if it is none
     */
    static ToldSilence of(byte[] event) throws IOException {
        JsonNode tree = event == null ? null : JSON.readTree(event);
        if (tree == null || !tree.path("id").isTextual() || !tree.path("event").isTextual()) {
            throw new IOException("it is no event of a silence");
        }
        return new ToldSilence(
                tree.get("id").asText(),
                tree.get("event").asText().equals("silent"),
                tree.path("key").asText(),
                tree.path("time").asLong(),
                tree,
                TREE * event.length);
    }
}
