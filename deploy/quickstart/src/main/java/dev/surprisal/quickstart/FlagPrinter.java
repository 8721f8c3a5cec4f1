package dev.surprisal.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Prints flags as they come, but no more a second than a person can read. */
final class FlagPrinter {

    private static final int MOST_A_SECOND = 4;
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

    private final PrintWriter screen;
    private final String keyField;
    private long second;
    private int printed;
    private long passedOver;

    /** @param keyField a field of the record that tells whose it is; may be null */
    FlagPrinter(PrintWriter screen, String keyField) {
        this.screen = screen;
        this.keyField = keyField;
    }

    void print(JsonNode anomaly) {
        long now = System.nanoTime() / 1_000_000_000L;
        if (now != second) {
            if (passedOver > 0) {
                screen.printf(Locale.ROOT, "      ... and %,d more%n", passedOver);
            }
            second = now;
            printed = 0;
            passedOver = 0;
        }
        if (printed == MOST_A_SECOND) {
            passedOver++;
            return;
        }
        printed++;
        screen.println(line(anomaly));
        screen.flush();
    }

    private String line(JsonNode anomaly) {
        String whose =
                keyField == null ? "" : anomaly.path("record").path(keyField).asText("") + " ";
        return String.format(
                Locale.ROOT,
                "FLAG  %s  %ssurprise %.1f bits  %s",
                CLOCK.format(Instant.ofEpochMilli(anomaly.get("timestamp").asLong())),
                whose,
                anomaly.get("surprise").asDouble(),
                anomaly.get("sentence").asText());
    }
}
