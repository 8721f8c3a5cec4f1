package dev.surprisal.schemas.model;

import dev.surprisal.schemas.SurprisalException;

/** A model that cannot be used. */
public final class ModelException extends SurprisalException {

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
