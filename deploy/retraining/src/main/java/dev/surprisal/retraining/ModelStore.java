package dev.surprisal.retraining;

import dev.surprisal.launcher.WholeFile;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.ModelException;
import dev.surprisal.scorer.model.Deployment;
import dev.surprisal.scorer.model.ModelRegistry;
import dev.surprisal.scorer.model.ModelSource;
import dev.surprisal.scorer.model.PublishedModel;
import dev.surprisal.scorer.stream.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;

/** Where a pipeline's scorers have their model from, and where the next one goes: the topic of models, or a file that they watch. */
interface ModelStore {

    /**
     * The file of the model that scores.
     *
     * @throws SurprisalException if there is none, or it cannot be read
     */
    byte[] champion();

    /** Whether a version is there already, to score, as the shadow, or as one that was replaced: published again, it would undo what somebody decided. */
    boolean holds(String version);

    /**
     * Publishes a model.
     *
     * @param signature null for none
     * @param asShadow to score beside the champion, without flagging
     */
    void publish(String name, String version, byte[] onnx, byte[] signature, boolean asShadow);

    /** In words. */
    String where();

    /** The store of a pipeline. */
    static ModelStore of(Pipeline pipeline, Clock clock) {
        ModelSource source = pipeline.model();
        return source.published() == null
                ? new InFile(source)
                : new OnTopic(new ModelRegistry(pipeline.kafka(), clock), source.published());
    }

    /** A watched file; with the file of a shadow where there is one. */
    record InFile(ModelSource source) implements ModelStore {

        @Override
        public byte[] champion() {
            try {
                return Files.readAllBytes(source.file());
            } catch (NoSuchFileException e) {
                throw new ModelException(source.file() + ": there is no such model file", e);
            } catch (IOException e) {
                throw new ModelException(source.file() + ": cannot be read: " + e.getMessage(), e);
            }
        }

        /** What was replaced is gone, and what scores is known to whoever asks. */
        @Override
        public boolean holds(String version) {
            return false;
        }

        @Override
        public void publish(String name, String version, byte[] onnx, byte[] signature, boolean asShadow) {
            Path file = asShadow ? source.shadow() : source.file();
            if (file == null) {
                throw new SurprisalException(
                        "the pipeline has no file for a shadow; set shadow in its settings, or use the topic of models");
            }
            if (signature != null) {
                WholeFile.write(file.resolveSibling(file.getFileName() + ".sig"), signature);
            }
            WholeFile.write(file, onnx);
        }

        @Override
        public String where() {
            return source.file().toString();
        }
    }

    /** The topic of models. */
    record OnTopic(ModelRegistry registry, String name) implements ModelStore {

        @Override
        public byte[] champion() {
            PublishedModel serving = deployment() == null ? null : deployment().serving();
            if (serving == null) {
                throw new SurprisalException("no model '" + name
                        + "' is published yet, so there is none to compare with; train one and `publish` it");
            }
            return registry.fetch(name, serving);
        }

        private Deployment deployment() {
            return registry.deployments().get(name);
        }

        @Override
        public boolean holds(String version) {
            Deployment now = deployment();
            return now != null
                    && (is(now.serving(), version)
                            || is(now.shadow(), version)
                            || now.previous().stream().anyMatch(model -> is(model, version)));
        }

        private static boolean is(PublishedModel model, String version) {
            return model != null && model.version().equals(version);
        }

        @Override
        public void publish(String model, String version, byte[] onnx, byte[] signature, boolean asShadow) {
            if (!model.equals(name)) {
                throw new SurprisalException("the pipeline takes models of '" + name + "', not of '" + model + "'");
            }
            registry.publish(name, version, onnx, signature, asShadow);
        }

        @Override
        public String where() {
            return "topic:" + name;
        }
    }
}
