package dev.surprisal.trainer.data;

import dev.surprisal.schemas.SurprisalException;

/** A file of records that cannot be read as one; the message names the file and, where there is one, the line. */
public final class DataException extends SurprisalException {

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
