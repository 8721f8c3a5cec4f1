package dev.surprisal.scorer.cli;

import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that describe a pipeline; mixed in. */
final class PipelineOptions {

    @Mixin
    private KafkaOptions kafka;

    @Option(names = "--topic", paramLabel = "TOPIC", description = "The topic of records.")
    private String topic;

    @Option(
            names = "--topic-pattern",
            paramLabel = "REGEX",
            description =
                    "Instead of one topic, all whose names match, those too that come later. The output topics are named after the pipeline.")
    private String pattern;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The pipeline's name, from which that of its consumer group follows. Default: the topic's.")
    private String name;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description =
                    "A model file, as `train` writes it, which is watched: a new one is served at once. Or topic:NAME for what `publish` sends.")
    private String model;

    @Option(
            names = "--shadow",
            paramLabel = "MODEL",
            description =
                    "The file of a model that scores the same records into <topic>.shadow-scores without flagging.")
    private String shadow;

    @Option(
            names = "--model-key",
            paramLabel = "FILE",
            description =
                    "An Ed25519 public key in PEM. Only models signed with the key that belongs to it are taken; a file's signature stands beside it in MODEL.sig.")
    private String modelKey;

    @Option(
            names = "--alarm-rate",
            paramLabel = "RATE",
            description =
                    "The share of normal records that may be flagged, such as 1/1000; or how many false alarms there may be, such as '20 a day'; or a false discovery rate of the flags, such as 'fdr 10%%'; or a threshold, such as '35.5 nats'. Default: the model's rate.")
    private String alarmRate;

    @Option(names = "--delivery", paramLabel = "HOW", description = "exactly-once (default) or at-least-once.")
    private String delivery;

    @Option(names = "--threads", paramLabel = "N", description = "How many stream threads. Default: 1.")
    private String threads;

    @Option(
            names = "--max-record-bytes",
            paramLabel = "N",
            description = "Larger records become dead letters unread. Default: 1048576.")
    private String maxRecordBytes;

    @Option(
            names = "--scores",
            paramLabel = "WHICH",
            description =
                    "Whose scores to publish: all (default), none, or a share such as 1/100. Flags and dead letters are published in any case.")
    private String scores;

    @Option(
            names = "--full-scores",
            description =
                    "Score every record in full. By default a first look is enough for those that are far from being flagged.")
    private boolean fullScores;

    @Option(
            names = "--drift-window",
            paramLabel = "N",
            description =
                    "After how many records of this instance the fields are compared with the training data; off = never. Default: 10000.")
    private String driftWindow;

    @Option(
            names = "--silences",
            paramLabel = "RATE",
            description =
                    "How often a key that keeps its habit may be called silent, such as 1 a year (default), 2 a month or 1 a week; or off. Keys that fall silent go to <topic>.silences.")
    private String silences;

    @Option(
            names = "--event-format",
            paramLabel = "FORMAT",
            description =
                    "How scores, flags and other events are written: json (default), or avro, with a schema registry at the Kafka property schema.registry.url. Records in Avro are read wherever that is set.")
    private String eventFormat;

    @Option(
            names = "--incidents",
            paramLabel = "GAP",
            description =
                    "Flags of one key for the same cause are one incident until none has come for so long, such as 30s, 10m (default) or 2h; or off. Incidents go to <topic>.incidents.")
    private String incidents;

    /** With the environment and the file. */
    Settings settings(Map<String, String> more) {
        Map<String, String> values = new HashMap<>(more);
        values.put("topic", topic);
        values.put("topic-pattern", pattern);
        values.put("name", name);
        values.put("model", model);
        values.put("shadow", shadow);
        values.put("model-key", modelKey);
        values.put("alarm-rate", alarmRate);
        values.put("delivery", delivery);
        values.put("threads", threads);
        values.put("max-record-bytes", maxRecordBytes);
        values.put("scores", scores);
        values.put("full-scores", fullScores ? "true" : null);
        values.put("drift-window", driftWindow);
        values.put("silences", silences);
        values.put("event-format", eventFormat);
        values.put("incidents", incidents);
        return kafka.settings(values);
    }
}
