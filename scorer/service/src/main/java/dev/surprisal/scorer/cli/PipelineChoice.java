package dev.surprisal.scorer.cli;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.stream.Pipeline;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that choose a pipeline by its name among those of `serve`, or describe one; mixed in. */
public final class PipelineChoice {

    @Option(
            names = "--pipeline",
            paramLabel = "NAME",
            description =
                    "The pipeline, as the file of settings names it. Without such a file its topic is that of the same name, unless --topic says otherwise.")
    private String name;

    @Option(names = "--topic", paramLabel = "TOPIC", description = "The topic of records.")
    private String topic;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "Where the scorer has its model from: a file, or topic:NAME.")
    private String model;

    @Option(
            names = "--alarm-rate",
            paramLabel = "RATE",
            description = "The share of normal records that the scorer may flag. Default: the model's rate.")
    private String alarmRate;

    @Mixin
    private KafkaOptions kafka;

    /**
     * The pipeline, of one topic.
     *
     * @param otherwise the model where none is set; null if there has to be one
     * @throws SurprisalException if settings name no such pipeline, or more than one and none was chosen
     */
    public Pipeline pipeline(String otherwise) {
        Map<String, String> own = new TreeMap<>();
        put(own, "topic", topic);
        put(own, "model", model);
        put(own, "alarm-rate", alarmRate);
        Settings settings = kafka.settings(own);
        if (settings.names().isEmpty() && name != null) {
            settings.orElse("topic", name).orElse(Settings.NAME, name);
        }
        if (otherwise != null) {
            settings.orElse("model", otherwise);
        }
        List<Pipeline> found = settings.pipelines().stream()
                .filter(each -> name == null || each.name().equals(name))
                .toList();
        if (found.size() != 1) {
            String known = settings.pipelines().stream().map(Pipeline::name).collect(Collectors.joining(", "));
            throw new SurprisalException(
                    name == null
                            ? "choose one of the pipelines " + known + " with --pipeline"
                            : "there is no pipeline '" + name + "'; there are " + known);
        }
        if (found.get(0).topic() == null) {
            throw new SurprisalException("pipeline '" + found.get(0).name()
                    + "' reads several topics; this takes a pipeline of one topic, such as by --topic");
        }
        return found.get(0);
    }

    private static void put(Map<String, String> values, String key, String value) {
        if (value != null) {
            values.put(key, value);
        }
    }
}
