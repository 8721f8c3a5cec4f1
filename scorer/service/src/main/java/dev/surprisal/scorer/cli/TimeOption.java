package dev.surprisal.scorer.cli;

import dev.surprisal.schemas.SurprisalException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** Points in time as options take them. */
public final class TimeOption {

    private TimeOption() {}

    /**
     * Reads 2026-03-01T12:00:00Z, or how long ago, such as 90m, 2h or 7d.
     *
     * @param text null for none
     * @throws SurprisalException if it is neither
     */
    public static Instant parse(String text, Instant now) {
        if (text == null) {
            return null;
        }
        try {
            return text.contains("T")
                    ? Instant.parse(text)
                    : now.minus(Duration.parse((text.toLowerCase(Locale.ROOT).endsWith("d") ? "P" : "PT") + text));
        } catch (DateTimeParseException e) {
            throw new SurprisalException(
                    "'" + text + "' is no time; use 2026-03-01T12:00:00Z, or how long ago, such as 90m, 2h or 7d", e);
        }
    }
}
