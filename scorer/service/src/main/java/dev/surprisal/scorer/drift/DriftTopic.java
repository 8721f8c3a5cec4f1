package dev.surprisal.scorer.drift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.surprisal.scorer.kafka.WholeTopic;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A pipeline's topic of drift, read once to its end. */
public final class DriftTopic {

    private static final JsonMapper JSON = new JsonMapper();

    private DriftTopic() {}

    /**
     * For what training on newer records is recommended, by what the instances said last of a model.
     *
     * @param kafka properties of the connection
     * @param version of the model; what other versions' records were like is of no interest
     * @return fields, and {@code scores}; empty where nothing has drifted, or nobody has said so for as long as the topic keeps events
     * @throws dev.surprisal.schemas.SurprisalException if Kafka refuses or does not answer
     */
    public static NavigableSet<String> retrainBecauseOf(Map<String, String> kafka, String topic, String version) {
        Map<String, Set<String>> byInstance = new HashMap<>();
        WholeTopic.read(kafka, topic, event -> take(event, version, byInstance));
        NavigableSet<String> fields = new TreeSet<>();
        byInstance.values().forEach(fields::addAll);
        return fields;
    }

    private static void take(
            ConsumerRecord<byte[], byte[]> record, String version, Map<String, Set<String>> byInstance) {
        JsonNode event = json(record.value());
        if (event.path("model_version").asText().equals(version)) {
            Set<String> fields = new TreeSet<>();
            event.path("retrain_because_of").forEach(field -> fields.add(field.asText()));
            byInstance.put(event.path("instance").asText(), fields);
        }
    }

    /** What is no JSON is no event of drift: others may write to the topic, too. */
    private static JsonNode json(byte[] value) {
        try {
            return JSON.readTree(value == null ? new byte[0] : value);
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }
}
