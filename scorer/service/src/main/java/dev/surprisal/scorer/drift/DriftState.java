package dev.surprisal.scorer.drift;

import java.util.Arrays;
import java.util.Locale;

/** How far something has moved away from what it was in training. */
public enum DriftState {
    STABLE(0),
    DRIFTING(1),
    DRIFTED(2);

    private final int level;

    DriftState(int level) {
        this.level = level;
    }

    /** As metrics tell it: 0, 1 or 2. */
    public int level() {
        return level;
    }

    /** As events, the API and the log call it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What another instance calls so; one that is not known here is none to worry about. */
    static DriftState of(String text) {
        return Arrays.stream(values())
                .filter(state -> state.text().equals(text))
                .findFirst()
                .orElse(STABLE);
    }
}
