package dev.surprisal.trainer.vae;

import dev.surprisal.schemas.SurprisalException;

/** A fit that came to no usable model. */
public final class TrainingException extends SurprisalException {

    public TrainingException(String message) {
        super(message);
    }
}
