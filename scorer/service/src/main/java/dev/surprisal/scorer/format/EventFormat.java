package dev.surprisal.scorer.format;

import dev.surprisal.schemas.SurprisalException;
import java.util.Locale;

/** How a pipeline writes its events. */
public enum EventFormat {
    /** Plain JSON in UTF-8, without a registry. */
    JSON("application/json"),
    /** Avro behind the id of its schema in a registry. */
    AVRO("application/avro");

    private final String contentType;

    EventFormat(String contentType) {
        this.contentType = contentType;
    }

    /** The media type. */
    public String contentType() {
        return contentType;
    }

    /**
     * Reads {@code json} or {@code avro}.
     *
     * @throws SurprisalException if it is something else
     */
    public static EventFormat parse(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "json" -> JSON;
            case "avro" -> AVRO;
            default -> throw new SurprisalException("'" + text + "' is no format of events; use json or avro");
        };
    }
}
