package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.record.RecordException.Step;

/**
 * Is told what a pipeline does, by its stream threads, which wait meanwhile.
 *
 * <p>What a transaction takes back is told again when it is done again.
 */
public interface StreamListener {

    /** Whom nobody listens to. */
    StreamListener NONE = new StreamListener() {};

    /** A polled batch has been scored. */
    default void scored(ScoredBatch batch) {}

    /** A polled batch has been scored by a shadow, too. */
    default void compared(ComparedBatch batch) {}

    /**
     * Records of a polled batch came with the time at which Kafka took them.
     *
     * @param times of those that did, milliseconds since 1970-01-01T00:00Z
     */
    default void appended(long[] times) {}

    /** A record has been flagged. */
    default void flagged() {}

    /** A flag is muted by a rule; it has been flagged, too. */
    default void muted() {}

    /** An incident was opened, updated or closed, which is the event's name. */
    default void incident(String event) {}

    /** So many more incidents are open in this instance, fewer where it is negative. */
    default void incidentsOpen(int more) {}

    /** A key fell silent or came again, which is the event's name. */
    default void silence(String event) {}

    /** So many more keys are silent in this instance, fewer where it is negative. */
    default void keysSilent(int more) {}

    /** So many more keys have a habit and are watched in this instance, fewer where it is negative. */
    default void keysWatched(int more) {}

    /** A record has become a dead letter. */
    default void refused(Step step) {}
}
