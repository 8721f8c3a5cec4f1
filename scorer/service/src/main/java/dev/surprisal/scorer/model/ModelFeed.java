package dev.surprisal.scorer.model;

import dev.surprisal.schemas.SurprisalException;
import java.util.Map;

/** Brings a pipeline its models, the first and all later ones, until it is closed. */
public interface ModelFeed extends AutoCloseable {

    /**
     * Begins.
     *
     * @throws SurprisalException if the first model cannot be used and no other may come by itself
     */
    void start();

    @Override
    void close();

    /**
     * The feed of a source.
     *
     * @param models whom it brings them to
     * @param kafka properties of the connection
     * @param listener hears what becomes of each model
     */
    static ModelFeed of(ModelSource source, ModelSwitch models, Map<String, String> kafka, ModelListener listener) {
        Ed25519 key = source.publicKey() == null ? null : Ed25519.readPublic(source.publicKey());
        ModelAdmission admission = new ModelAdmission(source.published(), models, new ModelInspection(key), listener);
        return source.file() == null
                ? new ModelSubscription(source.published(), models, admission, kafka)
                : new ModelFiles(source, admission);
    }
}
