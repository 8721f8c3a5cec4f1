package dev.surprisal.engine;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/**
 * The graphs of a model in ONNX Runtime.
 *
 * @param full score
 * @param firstLook the bound at z = mu(x) alone; null where the model has none
 * @param explanation that bound with what is expected of the fields, for reasons; null where the model has none, as before format 1.3
 */
record Graphs(OrtSession full, OrtSession firstLook, OrtSession explanation) implements AutoCloseable {

    @Override
    public void close() {
        close(full);
        close(firstLook);
        close(explanation);
    }

    /** @param session null for none */
    static void close(OrtSession session) {
        if (session == null) {
            return;
        }
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("an ONNX Runtime session cannot be closed", e);
        }
    }
}
