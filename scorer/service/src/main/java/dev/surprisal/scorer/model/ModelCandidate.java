package dev.surprisal.scorer.model;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;

/** The model that a pipeline would score with if it started now. */
public final class ModelCandidate {

    private ModelCandidate() {}

    /**
     * Opens it, if it passes what it must pass; to be closed by the caller.
     *
     * @param kafka properties of the connection, for models of the topic
     * @throws SurprisalException if there is none, or it does not pass
     */
    public static ScoringModel open(ModelSource source, Map<String, String> kafka) {
        Ed25519 key = source.publicKey() == null ? null : Ed25519.readPublic(source.publicKey());
        ModelInspection inspection = new ModelInspection(key);
        if (source.file() != null) {
            return inspection.open(
                    ModelFiles.read(source.file()),
                    null,
                    ModelFiles.signature(source.file()),
                    source.file().toString(),
                    List.of());
        }
        ModelTopicReader.File file = fetch(source.published(), kafka);
        return inspection.open(file.bytes(), source.published(), file.signature(), source.toString(), List.of());
    }

    private static ModelTopicReader.File fetch(String name, Map<String, String> kafka) {
        String nothing = "there is no model '" + name + "' on " + ModelTopic.NAME + "; surprisal publish sends one";
        boolean exists = KafkaAdmin.with(kafka, admin -> admin.topics().contains(ModelTopic.NAME));
        if (!exists) {
            throw new SurprisalException(nothing);
        }
        try (ModelTopicReader reader = new ModelTopicReader(kafka)) {
            reader.catchUp();
            PublishedModel serving = reader.deployment(name).serving();
            if (serving == null) {
                throw new SurprisalException(nothing);
            }
            return reader.fetch(name, serving);
        } catch (KafkaException e) {
            throw new SurprisalException(
                    "the topic " + ModelTopic.NAME + " cannot be read: " + KafkaAdmin.reason(e), e);
        }
    }
}
