package dev.surprisal.scorer.mute;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;

/** The compacted topic of mute rules: one partition, the rule in JSON under PIPELINE/ID, nothing under that of a rule that is gone. */
public final class MuteRuleTopic {

    public static final String NAME = "surprisal.mute-rules";

    /** With which it is created; of one partition. */
    public static final Map<String, String> CONFIGS =
            Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);

    static final TopicPartition PARTITION = new TopicPartition(NAME, 0);

    private static final int MOST_BYTES = 16 << 10;
    private static final JsonMapper JSON = JsonMapper.builder()
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    private MuteRuleTopic() {}

    static byte[] key(String pipeline, String id) {
        return (pipeline + "/" + id).getBytes(StandardCharsets.UTF_8);
    }

    /** The id in a key; null of another pipeline's. */
    static String id(String pipeline, byte[] key) {
        String text = key == null ? "" : new String(key, StandardCharsets.UTF_8);
        return text.startsWith(pipeline + "/") ? text.substring(pipeline.length() + 1) : null;
    }

    static byte[] write(MuteRule rule) {
        try {
            return JSON.writeValueAsBytes(rule);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a rule cannot be written as JSON", e);
        }
    }

    /** @throws IOException if it is no rule */
    static MuteRule read(byte[] value) throws IOException {
        if (value.length > MOST_BYTES) {
            throw new IOException("it has " + value.length + " bytes");
        }
        return JSON.readValue(value, MuteRule.class);
    }
}
