package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.SurprisalException;
import java.util.Arrays;
import java.util.Locale;
import org.apache.kafka.streams.StreamsConfig;

/** What is promised of scores and dead letters when a process dies. */
public enum Delivery {
    /** Each record gets one, for consumers that read committed records only. */
    EXACTLY_ONCE(StreamsConfig.EXACTLY_ONCE_V2),
    /** Each record gets at least one, a few milliseconds sooner. */
    AT_LEAST_ONCE(StreamsConfig.AT_LEAST_ONCE);

    private final String guarantee;

    Delivery(String guarantee) {
        this.guarantee = guarantee;
    }

    /**
     * Reads {@code exactly-once} or {@code at-least-once}.
     *
     * @throws SurprisalException if it is neither
     */
    public static Delivery parse(String text) {
        return Arrays.stream(values())
                .filter(delivery -> delivery.text().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new SurprisalException("'" + text + "' is no delivery; use exactly-once or at-least-once"));
    }

    /** As settings have it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String guarantee() {
        return guarantee;
    }
}
