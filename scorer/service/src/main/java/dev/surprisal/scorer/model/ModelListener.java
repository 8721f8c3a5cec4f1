package dev.surprisal.scorer.model;

import dev.surprisal.schemas.model.ModelCard;

/** Hears what becomes of a pipeline's models; called by the thread that loads them. */
public interface ModelListener {

    /** From the next poll on, a model scores. */
    default void served(ModelCard card, String source) {}

    /** From the next poll on, a model scores beside it without flagging. */
    default void shadowed(ModelCard card, String source) {}

    /** From the next poll on, no model scores beside it. */
    default void unshadowed() {}

    /** A model is not used, and what was goes on. */
    default void refused(String source, String reason) {}
}
