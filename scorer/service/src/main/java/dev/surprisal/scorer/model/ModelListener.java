package dev.surprisal.scorer.model;

import dev.surprisal.schemas.model.ModelCard;

/** Hears what becomes of a pipeline's models; called by the thread that loads them. */
public interface ModelListener {

    /** Tells two, one after the other. */
    static ModelListener both(ModelListener first, ModelListener second) {
        return new ModelListener() {
            @Override
            public void served(ModelCard card, String source) {
                first.served(card, source);
                second.served(card, source);
            }

            @Override
            public void shadowed(ModelCard card, String source) {
                first.shadowed(card, source);
                second.shadowed(card, source);
            }

            @Override
            public void unshadowed() {
                first.unshadowed();
                second.unshadowed();
            }

            @Override
            public void refused(String source, String reason) {
                first.refused(source, reason);
                second.refused(source, reason);
            }
        };
    }

    /** From the next poll on, a model scores. */
    default void served(ModelCard card, String source) {}

    /** From the next poll on, a model scores beside it without flagging. */
    default void shadowed(ModelCard card, String source) {}

    /** From the next poll on, no model scores beside it. */
    default void unshadowed() {}

    /** A model is not used, and what was goes on. */
    default void refused(String source, String reason) {}
}
