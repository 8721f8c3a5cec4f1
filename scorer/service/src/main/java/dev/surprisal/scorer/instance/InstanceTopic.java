package dev.surprisal.scorer.instance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;

/** The topic of what instances say of themselves: one partition, the summary in JSON under PIPELINE@INSTANCE, nothing under that of one that has stopped. */
public final class InstanceTopic {

    public static final String NAME = "surprisal.instances";

    /** With which it is created; of one partition. What is older than some minutes is of no use to anybody. */
    public static final Map<String, String> CONFIGS = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.RETENTION_MS_CONFIG,
            "3600000",
            TopicConfig.SEGMENT_MS_CONFIG,
            "600000");

    static final TopicPartition PARTITION = new TopicPartition(NAME, 0);

    private static final int MOST_BYTES = 256 << 10;
    private static final JsonMapper JSON = new JsonMapper();

    private InstanceTopic() {}

    /**
     * Under what a summary stands.
     *
     * @param pipeline its name, which has no @
     * @param instance its name among all that score the pipeline
     */
    public record Key(String pipeline, String instance) {

        private static final int MOST_CHARACTERS = 500;

        byte[] bytes() {
            return (pipeline + "@" + instance).getBytes(StandardCharsets.UTF_8);
        }

        /** Null where it is no such key. */
        static Key of(byte[] bytes) {
            String text = bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
            int at = text.indexOf('@');
            return at < 1 || at == text.length() - 1 || text.length() > MOST_CHARACTERS
                    ? null
                    : new Key(text.substring(0, at), text.substring(at + 1));
        }
    }

    static byte[] write(InstanceSummary summary) {
        try {
            return JSON.writeValueAsBytes(summary);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a summary cannot be written as JSON", e);
        }
    }

    /** @throws IOException if it is no summary of the key's instance */
    static InstanceSummary read(Key key, byte[] value) throws IOException {
        if (value.length > MOST_BYTES) {
            throw new IOException("it has " + value.length + " bytes");
        }
        InstanceSummary summary = JSON.readValue(value, InstanceSummary.class);
        if (!summary.pipeline().equals(key.pipeline) || !summary.instance().equals(key.instance)) {
            throw new IOException("it is of another instance than its key");
        }
        return summary;
    }
}
