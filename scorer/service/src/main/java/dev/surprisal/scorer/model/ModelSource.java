package dev.surprisal.scorer.model;

import dev.surprisal.schemas.SurprisalException;
import java.nio.file.Path;

/**
 * Where a pipeline's models come from: files, or the topic of models.
 *
 * @param file the model that scores, looked at again and again; null where it comes from the topic
 * @param shadow the file of a model that scores beside it without flagging; null for none, and with the topic, which says it itself
 * @param published the name of a model on the topic {@value ModelTopic#NAME}; null where it comes from a file
 * @param publicKey the Ed25519 key in PEM whose owner must have signed the models; null where anybody's are taken
 */
public record ModelSource(Path file, Path shadow, String published, Path publicKey) {

    private static final String TOPIC = "topic:";

    public ModelSource {
        if ((file == null) == (published == null)) {
            throw new IllegalArgumentException("a model comes either from a file or from the topic");
        }
        if (published != null && !published.matches(ModelTopic.NAMES)) {
            throw new SurprisalException("'" + published + "' is no name of a model");
        }
        if (shadow != null && file == null) {
            throw new SurprisalException(
                    "the topic of models says itself which model is the shadow of another; publish it with --shadow");
        }
    }

    /** A file, without a shadow. */
    public static ModelSource file(Path file) {
        return new ModelSource(file, null, null, null);
    }

    /**
     * A source as it is written in settings.
     *
     * @param model a file, or {@code topic:NAME}
     * @param shadow may be null
     * @param publicKey may be null
     */
    public static ModelSource parse(String model, Path shadow, Path publicKey) {
        return model.startsWith(TOPIC)
                ? new ModelSource(null, shadow, model.substring(TOPIC.length()), publicKey)
                : new ModelSource(Path.of(model), shadow, null, publicKey);
    }

    /** As it is written in settings. */
    @Override
    public String toString() {
        return file == null ? TOPIC + published : file.toString();
    }
}
