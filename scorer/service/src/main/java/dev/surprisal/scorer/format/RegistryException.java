package dev.surprisal.scorer.format;

import dev.surprisal.schemas.SurprisalException;

/** A schema registry that does not answer, or refuses, for now: nothing is wrong with the record in hand, which waits. */
public final class RegistryException extends SurprisalException {

    RegistryException(String message) {
        super(message);
    }
}
