package dev.surprisal.schemas.record;

import dev.surprisal.schemas.SurprisalException;

/** A record that cannot be scored; the message says why and names the field, never more than a glimpse of its value. */
public final class RecordException extends SurprisalException {

    private final Step step;

    public RecordException(Step step, String message) {
        super(message);
        this.step = step;
    }

    public RecordException(Step step, String message, Throwable cause) {
        super(message, cause);
        this.step = step;
    }

    /** The step of a record's way at which it could not go on. */
    public Step step() {
        return step;
    }

    /** The steps of a record's way from bytes to scores. */
    public enum Step {
        /** Bytes to fields: the record is not JSON, or not a line of the file's shape. */
        PARSE,
        /** Fields to a row: a field is absent, of another type or out of range. */
        ENCODE,
        /** Row to scores: the model gave no finite score. */
        SCORE
    }
}
