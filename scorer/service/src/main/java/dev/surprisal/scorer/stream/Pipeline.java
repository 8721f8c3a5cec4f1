package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.scorer.format.EventFormat;
import dev.surprisal.scorer.format.TopicFormats;
import dev.surprisal.scorer.incident.IncidentGap;
import dev.surprisal.scorer.model.ModelSource;
import dev.surprisal.scorer.silence.SilenceRate;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Topics of records with the model that scores them.
 *
 * @param name of the pipeline; its consumer group is {@code surprisal-NAME}
 * @param topic the topic of records; null where a pattern says which
 * @param pattern a regular expression for the names of the topics of records; null where there is one topic. The output topics are then named after the pipeline
 * @param model where its models come from
 * @param alarmRate the share of normal records that may be flagged, or another rule; null = the model's
 * @param delivery what is promised when a process dies
 * @param threads how many records of different partitions are scored at once
 * @param maxRecordBytes larger records become dead letters unread
 * @param instance what this process is called among those that share the work, the same after a restart and no other's; null for any
 * @param kafka properties of the connection, as Kafka's clients take them, with those of a schema registry, if there is one
 * @param emission which scores are published
 * @param watches what is watched beside the single record
 * @param events how scores, flags and all other events are written
 */
public record Pipeline(
        String name,
        String topic,
        String pattern,
        ModelSource model,
        AlarmRule alarmRate,
        Delivery delivery,
        int threads,
        int maxRecordBytes,
        String instance,
        Map<String, String> kafka,
        Emission emission,
        Watches watches,
        EventFormat events) {

    public static final int USUAL_MAX_RECORD_BYTES = 1 << 20;

    private static final String NAMES = "[A-Za-z0-9._-]{1,200}";

    /** Kafka properties that would contradict what is set otherwise, and by what that is. */
    private static final Map<String, String> OWNED = Map.of(
            StreamsConfig.APPLICATION_ID_CONFIG,
            "the pipeline's name",
            StreamsConfig.CLIENT_ID_CONFIG,
            "the names of the pipeline and of the instance",
            CommonClientConfigs.GROUP_INSTANCE_ID_CONFIG,
            "the instance's name, --instance",
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
            "delivery",
            StreamsConfig.NUM_STREAM_THREADS_CONFIG,
            "threads",
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
            "what the output topics take",
            StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
            "what the output topics take");

    public Pipeline {
        if (!name.matches(NAMES)) {
            throw new SurprisalException(
                    "the pipeline name '" + name + "' is not made of letters, digits, dots, dashes and underscores");
        }
        checkInput(name, topic, pattern);
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
        if (instance != null && !instance.matches(NAMES)) {
            throw new SurprisalException("the instance name '" + instance
                    + "' is not made of letters, digits, dots, dashes and underscores");
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
        try {
            TopicFormats.of(kafka, events, new Topics(name));
        } catch (SurprisalException e) {
            throw new SurprisalException("pipeline '" + name + "': " + e.getMessage(), e);
        }
    }

    /** With events in JSON. */
    public Pipeline(
            String name,
            String topic,
            String pattern,
            ModelSource model,
            AlarmRule alarmRate,
            Delivery delivery,
            int threads,
            int maxRecordBytes,
            String instance,
            Map<String, String> kafka,
            Emission emission,
            Watches watches) {
        this(
                name,
                topic,
                pattern,
                model,
                alarmRate,
                delivery,
                threads,
                maxRecordBytes,
                instance,
                kafka,
                emission,
                watches,
                EventFormat.JSON);
    }

    /** With what is watched as usual. */
    public Pipeline(
            String name,
            String topic,
            String pattern,
            ModelSource model,
            AlarmRule alarmRate,
            Delivery delivery,
            int threads,
            int maxRecordBytes,
            String instance,
            Map<String, String> kafka,
            Emission emission) {
        this(
                name,
                topic,
                pattern,
                model,
                alarmRate,
                delivery,
                threads,
                maxRecordBytes,
                instance,
                kafka,
                emission,
                Watches.USUAL);
    }

    /** One topic and one model file; it publishes the scores of all records. */
    public Pipeline(
            String name,
            String topic,
            Path model,
            AlarmRule alarmRate,
            Delivery delivery,
            int threads,
            int maxRecordBytes,
            Map<String, String> kafka) {
        this(name, topic, model, alarmRate, delivery, threads, maxRecordBytes, kafka, Emission.ALL);
    }

    /** One topic and one model file. */
    public Pipeline(
            String name,
            String topic,
            Path model,
            AlarmRule alarmRate,
            Delivery delivery,
            int threads,
            int maxRecordBytes,
            Map<String, String> kafka,
            Emission emission) {
        this(
                name,
                topic,
                null,
                model == null ? null : ModelSource.file(model),
                alarmRate,
                delivery,
                threads,
                maxRecordBytes,
                null,
                kafka,
                emission);
    }

    /** How far apart flags may be to be one incident. */
    public IncidentGap incidents() {
        return watches.incidents();
    }

    /** How it is watched whether what comes is still like the training data. */
    public DriftOptions drift() {
        return watches.drift();
    }

    /** How often a key that keeps its habit may be called silent. */
    public SilenceRate silences() {
        return watches.silences();
    }

    private static void checkInput(String name, String topic, String pattern) {
        if (pattern == null) {
            if (topic == null || !topic.matches("[A-Za-z0-9._-]{1,230}")) {
                throw new SurprisalException("pipeline '" + name + "': "
                        + (topic == null ? "there is no topic" : "'" + topic + "' is no name of a topic"));
            }
            return;
        }
        if (topic != null) {
            throw new SurprisalException(
                    "pipeline '" + name + "': there are a topic and a pattern of topics; set one of them");
        }
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new SurprisalException(
                    "pipeline '" + name + "': the pattern '" + pattern + "' is no regular expression: "
                            + e.getDescription(),
                    e);
        }
    }

    /** The topics beside that of records, or, where there are several, beside the pipeline's name. */
    public Topics topics() {
        return new Topics(pattern == null ? topic : name);
    }

    /** How its records are read and its events written; a new one, which knows no schemas yet. */
    public TopicFormats newFormats() {
        return TopicFormats.of(kafka, events, topics());
    }

    /** What it reads, in words. */
    public String input() {
        return pattern == null ? "topic " + topic : "topics " + pattern;
    }

    /** Whether a topic is one of its topics of records. */
    public boolean reads(String name) {
        return pattern == null ? name.equals(topic) : regex().matcher(name).matches();
    }

    /** The pattern, without what is written by this program or by Kafka: a pipeline would read its own scores for ever. */
    Pattern regex() {
        return Pattern.compile(
                "(?!__|surprisal\\.|surprisal-.*-changelog$|.*\\.(" + Topics.ENDINGS + ")$)(?:" + pattern + ")");
    }

    String applicationId() {
        return "surprisal-" + name;
    }

    /** Without the properties of the connection, among which are secrets. */
    @Override
    public String toString() {
        return "Pipeline[" + name + ": " + input() + ", " + model + "]";
    }

    /** Whether the flags of a record depend on those before it, so that there is a store for what is remembered of them. */
    boolean remembers() {
        return alarmRate != null && alarmRate.looksBack();
    }
}
