package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.schemas.model.AlarmRate;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * One topic of records with the model that scores it.
 *
 * @param name of the pipeline; its consumer group is {@code surprisal-NAME}
 * @param topic the topic of records
 * @param model the model file
 * @param alarmRate the share of normal records that may be flagged; null = the model's
 * @param delivery what is promised when a process dies
 * @param threads how many records of different partitions are scored at once
 * @param maxRecordBytes larger records become dead letters unread
 * @param kafka properties of the connection, as Kafka's clients take them
 * @param emission which scores are published
 */
public record Pipeline(
        String name,
        String topic,
        Path model,
        AlarmRate alarmRate,
        Delivery delivery,
        int threads,
        int maxRecordBytes,
        Map<String, String> kafka,
        Emission emission) {

    /** A pipeline that publishes the scores of all records. */
    public Pipeline(
            String name,
            String topic,
            Path model,
            AlarmRate alarmRate,
            Delivery delivery,
            int threads,
            int maxRecordBytes,
            Map<String, String> kafka) {
        this(name, topic, model, alarmRate, delivery, threads, maxRecordBytes, kafka, Emission.ALL);
    }

    public static final int USUAL_MAX_RECORD_BYTES = 1 << 20;

    /** Kafka properties that would contradict what is set otherwise, and by what that is. */
    private static final Map<String, String> OWNED = Map.of(
            StreamsConfig.APPLICATION_ID_CONFIG,
            "the pipeline's name",
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
            "delivery",
            StreamsConfig.NUM_STREAM_THREADS_CONFIG,
            "threads",
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
            "what the output topics take",
            StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
            "what the output topics take");

    public Pipeline {
        if (!name.matches("[A-Za-z0-9._-]{1,200}")) {
            throw new SurprisalException(
                    "the pipeline name '" + name + "' is not made of letters, digits, dots, dashes and underscores");
        }
        if (topic == null || !topic.matches("[A-Za-z0-9._-]{1,230}")) {
            throw new SurprisalException("pipeline '" + name + "': "
                    + (topic == null ? "there is no topic" : "'" + topic + "' is no name of a topic"));
        }
        if (model == null) {
            throw new SurprisalException("pipeline '" + name + "': there is no model");
        }
        if (threads < 1 || threads > 1_000) {
            throw new SurprisalException(
                    "pipeline '" + name + "': threads must lie between 1 and 1000, not " + threads);
        }
        if (maxRecordBytes < 1) {
            throw new SurprisalException(
                    "pipeline '" + name + "': max-record-bytes must be positive, not " + maxRecordBytes);
        }
        kafka = Map.copyOf(kafka);
        for (Map.Entry<String, String> owned : OWNED.entrySet()) {
            if (kafka.containsKey(owned.getKey())) {
                throw new SurprisalException("pipeline '" + name + "': the Kafka property '" + owned.getKey()
                        + "' cannot be set; it follows from " + owned.getValue());
            }
        }
        if (!kafka.containsKey("bootstrap.servers")) {
            throw new SurprisalException(
                    "there is no Kafka to connect to; set bootstrap servers, such as localhost:9092");
        }
    }

    public Topics topics() {
        return new Topics(topic);
    }

    String applicationId() {
        return "surprisal-" + name;
    }

    /** Without the properties of the connection, among which are secrets. */
    @Override
    public String toString() {
        return "Pipeline[" + name + ": " + topic + ", " + model + "]";
    }
}
