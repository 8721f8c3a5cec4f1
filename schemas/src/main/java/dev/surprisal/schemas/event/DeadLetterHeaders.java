package dev.surprisal.schemas.event;

/**
 * The headers that a dead letter has beside those of the original record; their values are text in UTF-8.
 *
 * <p>A dead letter's key and value are the original bytes, so that sending it through again is copying it.
 */
public final class DeadLetterHeaders {

    /** The step at which the record could not go on: {@code parse}, {@code encode} or {@code score}. */
    public static final String STEP = "surprisal.dead-letter.step";
    /** Why, in one sentence. */
    public static final String REASON = "surprisal.dead-letter.reason";
    /** The class of the exception. */
    public static final String EXCEPTION = "surprisal.dead-letter.exception";
    /** The topic of the record. */
    public static final String TOPIC = "surprisal.dead-letter.topic";
    /** The partition of the record. */
    public static final String PARTITION = "surprisal.dead-letter.partition";
    /** The offset of the record. */
    public static final String OFFSET = "surprisal.dead-letter.offset";
    /** The timestamp of the record, milliseconds since 1970-01-01T00:00Z. */
    public static final String TIMESTAMP = "surprisal.dead-letter.timestamp";
    /** The version of the model that was in use. */
    public static final String MODEL_VERSION = "surprisal.dead-letter.model-version";

    /** How long the value was, where the topic of dead letters does not take a record of its size and it is left out. */
    public static final String DROPPED_VALUE_BYTES = "surprisal.dead-letter.dropped-value-bytes";

    private DeadLetterHeaders() {}
}
