package dev.surprisal.schemas.record;

import dev.surprisal.schemas.SurprisalException;

/** A record spec that cannot be read or makes no sense. */
public final class SpecException extends SurprisalException {

    public SpecException(String message) {
        super(message);
    }

    public SpecException(String message, Throwable cause) {
        super(message, cause);
    }
}
