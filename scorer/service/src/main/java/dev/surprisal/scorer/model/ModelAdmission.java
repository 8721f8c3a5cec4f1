package dev.surprisal.scorer.model;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.ModelException;

/** The door through which models come to a pipeline: each is inspected, and then serves or is refused. */
final class ModelAdmission {

    private final ModelSwitch models;
    private final ModelInspection inspection;
    private final ModelListener listener;
    private final String name;

    /** @param name what models must be called; null for what the first one is */
    ModelAdmission(String name, ModelSwitch models, ModelInspection inspection, ModelListener listener) {
        this.name = name;
        this.models = models;
        this.inspection = inspection;
        this.listener = listener;
    }

    /**
     * Lets a model score, if it passes.
     *
     * @param signature null where there is none
     * @return whether it does
     */
    boolean serve(byte[] onnx, byte[] signature, String source) {
        try {
            serveOrThrow(onnx, signature, source);
            return true;
        } catch (ModelException e) {
            refuse(source, e);
            return false;
        }
    }

    /**
     * Lets a model score that must pass.
     *
     * @throws ModelException if it does not; nobody has heard of it then
     */
    void serveOrThrow(byte[] onnx, byte[] signature, String source) {
        ScoringModel model = open(onnx, signature, source);
        models.serve(model);
        models.tellTrouble(null);
        listener.served(model.card(), source);
    }

    /** Lets a model score without flagging, if it passes. */
    boolean shadow(byte[] onnx, byte[] signature, String source) {
        try {
            ScoringModel model = open(onnx, signature, source);
            models.shadow(model);
            listener.shadowed(model.card(), source);
            return true;
        } catch (ModelException e) {
            refuse(source, e);
            return false;
        }
    }

    private ScoringModel open(byte[] onnx, byte[] signature, String source) {
        String expected = name == null ? models.current().map(ModelCard::name).orElse(null) : name;
        return inspection.open(
                onnx, expected, signature, source, models.recent().all());
    }

    void unshadow() {
        models.shadow(null);
        listener.unshadowed();
    }

    void refuse(String source, ModelException reason) {
        if (models.current().isEmpty()) {
            models.tellTrouble(reason.getMessage());
        }
        listener.refused(source, reason.getMessage());
    }
}
