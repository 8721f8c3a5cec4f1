package dev.surprisal.scorer.drift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.surprisal.schemas.event.DriftEvent;
import dev.surprisal.scorer.format.TopicFormats;
import dev.surprisal.scorer.kafka.WholeTopic;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

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
     * @throws dev.surprisal.schemas.SurprisalException if Kafka, or the registry of events in Avro, refuses or does not answer
     */
    public static NavigableSet<String> retrainBecauseOf(Map<String, String> kafka, String topic, String version) {
        Map<String, Set<String>> byInstance = new HashMap<>();
        TopicFormats formats = TopicFormats.ofRecords(kafka);
        WholeTopic.read(kafka, topic, event -> take(json(event.value(), formats), version, byInstance));
        NavigableSet<String> fields = new TreeSet<>();
        byInstance.values().forEach(fields::addAll);
        return fields;
    }

    private static void take(JsonNode event, String version, Map<String, Set<String>> byInstance) {
        if (event.path("model_version").asText().equals(version)) {
            Set<String> fields = new TreeSet<>();
            event.path("retrain_because_of").forEach(field -> fields.add(field.asText()));
            byInstance.put(event.path("instance").asText(), fields);
        }
    }

    /** What is neither JSON nor Avro is no event of drift: others may write to the topic, too. */
    private static JsonNode json(byte[] value, TopicFormats formats) {
        try {
            return value == null
                    ? JSON.missingNode()
                    : JSON.readTree(formats.eventJson(value, DriftEvent.getClassSchema()));
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }
}
