package dev.surprisal.scorer.model;

import dev.surprisal.scorer.kafka.KafkaAdmin;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The compacted topic that models travel on: one partition, so that everybody sees the same order.
 *
 * <p>Under the key {@code NAME} stands the {@link Deployment}; under {@code NAME/SHA-256/CHUNK} a piece of a model file, with the file's signature, if it has one, as a
 * header. The pieces and the deployment that names them are written in one transaction.
 */
public final class ModelTopic {

    public static final String NAME = "surprisal.models";

    /** With which it is created; of one partition. */
    public static final Map<String, String> CONFIGS =
            Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);

    /** The largest model file that is taken. */
    public static final int MOST_BYTES = 256 << 20;

    /** What a model may be called to be published. */
    static final String NAMES = "[A-Za-z0-9._-]{1,200}";

    static final String SIGNATURE = "surprisal.model.signature";
    static final TopicPartition PARTITION = new TopicPartition(NAME, 0);
    /** Well below what a topic takes by default. */
    static final int CHUNK_BYTES = 512 << 10;

    private ModelTopic() {}

    /** The key of a piece of a model file. */
    record Chunk(String name, String sha256, int number) {

        /** Reads a key; null if it is that of a deployment. */
        static Chunk parse(String key) {
            String[] parts = key.split("/", -1);
            return parts.length == 3 ? new Chunk(parts[0], parts[1], Integer.parseInt(parts[2])) : null;
        }

        byte[] key() {
            return (name + "/" + sha256 + "/" + number).getBytes(StandardCharsets.UTF_8);
        }
    }

    static int chunks(long bytes) {
        return (int) ((bytes + CHUNK_BYTES - 1) / CHUNK_BYTES);
    }

    /** Creates the topic where it is missing. */
    static void create(KafkaAdmin kafka) {
        if (!kafka.topics().contains(NAME)) {
            kafka.create(List.of(new NewTopic(NAME, Optional.of(1), Optional.empty()).configs(CONFIGS)));
        }
    }
}
