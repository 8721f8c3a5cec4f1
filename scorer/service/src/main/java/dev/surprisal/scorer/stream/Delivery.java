package dev.surprisal.scorer.stream;

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

    String guarantee() {
        return guarantee;
    }
}
