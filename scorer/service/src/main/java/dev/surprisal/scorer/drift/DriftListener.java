package dev.surprisal.scorer.drift;

/** Is told when something begins or ceases to be unlike training; must not wait. */
@FunctionalInterface
public interface DriftListener {

    /**
     * A change.
     *
     * @param field that changed; null of the scores
     * @param before in which state it was
     * @param now in which it is
     * @param index of the field; NaN of the scores, and where a new model is the reason
     * @param chance how often chance alone does this; NaN where there is no index
     * @param sentence what changed
     */
    record Change(String field, DriftState before, DriftState now, double index, double chance, String sentence) {}

    /**
     * Something changed.
     *
     * @param report how all is now
     */
    void changed(Change change, DriftReport report);
}
