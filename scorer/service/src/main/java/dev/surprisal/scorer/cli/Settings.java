package dev.surprisal.scorer.cli;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * What the scorer is to do, from the command line, the environment and a file, in this order of precedence.
 *
 * <p>Keys, below {@code surprisal} in the file: {@code host}, {@code port}; {@code kafka.<property>} for any property of Kafka's clients; {@code topic}, {@code model},
 * {@code alarm-rate}, {@code delivery}, {@code threads}, {@code max-record-bytes} of one pipeline; or {@code pipelines.<name>.<key>} for several. In the environment
 * {@code SURPRISAL_}, the key in capitals, with underscores: {@code SURPRISAL_ALARM_RATE}, {@code SURPRISAL_KAFKA_BOOTSTRAP_SERVERS}.
 */
final class Settings {

    static final String HOST = "host";
    static final String PORT = "port";
    static final String KAFKA = "kafka.";
    private static final String PIPELINES = "pipelines.";
    private static final String ENVIRONMENT = "SURPRISAL_";
    private static final Set<String> PIPELINE_KEYS =
            new TreeSet<>(Set.of("topic", "model", "alarm-rate", "delivery", "threads", "max-record-bytes"));

    private final Map<String, String> values = new TreeMap<>();

    /**
     * Merges the sources.
     *
     * @param commandLine keys as above; null values are passed over
     * @param file may be null
     */
    Settings(Map<String, String> commandLine, Map<String, String> environment, Path file) {
        if (file != null) {
            values.putAll(read(file));
        }
        environment.forEach((name, value) -> {
            String key = key(name);
            if (key != null) {
                values.put(key, value);
            }
        });
        commandLine.forEach((key, value) -> {
            if (value != null) {
                values.put(key, value);
            }
        });
    }

    String host() {
        return values.getOrDefault(HOST, "127.0.0.1");
    }

    /** 0 = any that is free. */
    int port() {
        int port = integer(PORT, values.getOrDefault(PORT, "8080"));
        if (port < 0 || port > 65_535) {
            throw new SurprisalException(
                    "port " + port + " does not exist; ports go from 0 (any that is free) to 65535");
        }
        return port;
    }

    List<Pipeline> pipelines() {
        Set<String> names = new TreeSet<>();
        for (String key : values.keySet()) {
            if (key.startsWith(PIPELINES)) {
                names.add(key.substring(PIPELINES.length(), key.lastIndexOf('.')));
            }
        }
        List<Pipeline> pipelines = new ArrayList<>();
        if (values.containsKey("topic")) {
            pipelines.add(pipeline(values.get("topic"), ""));
        } else if (names.isEmpty()) {
            throw new SurprisalException(
                    "there is no topic to score; name one with --topic, or pipelines in a file with --config");
        }
        names.forEach(name -> pipelines.add(pipeline(name, PIPELINES + name + ".")));
        Set<String> used = new TreeSet<>();
        for (Pipeline pipeline : pipelines) {
            if (!used.add(pipeline.name())) {
                throw new SurprisalException("two pipelines are called '" + pipeline.name() + "'");
            }
        }
        return pipelines;
    }

    private Pipeline pipeline(String name, String prefix) {
        Map<String, String> kafka = new TreeMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(KAFKA)) {
                kafka.put(key.substring(KAFKA.length()), value);
            }
        });
        String model = values.get(prefix + "model");
        String rate = values.get(prefix + "alarm-rate");
        return new Pipeline(
                name,
                values.get(prefix + "topic"),
                model == null ? null : Path.of(model),
                rate == null ? null : AlarmRate.parse(rate),
                delivery(values.getOrDefault(prefix + "delivery", "exactly-once")),
                integer("threads", values.getOrDefault(prefix + "threads", "1")),
                integer(
                        "max-record-bytes",
                        values.getOrDefault(
                                prefix + "max-record-bytes", Integer.toString(Pipeline.USUAL_MAX_RECORD_BYTES))),
                kafka);
    }

    private static Delivery delivery(String text) {
        return Arrays.stream(Delivery.values())
                .filter(delivery -> delivery.name()
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '-')
                        .equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new SurprisalException("'" + text + "' is no delivery; use exactly-once or at-least-once"));
    }

    private static int integer(String key, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new SurprisalException("'" + text + "' is no value of " + key + "; it takes a whole number", e);
        }
    }

    /** The key of an environment variable, or null if it is none of ours. */
    private static String key(String variable) {
        if (!variable.startsWith(ENVIRONMENT)) {
            return null;
        }
        String name = variable.substring(ENVIRONMENT.length()).toLowerCase(Locale.ROOT);
        if (name.startsWith("kafka_")) {
            return KAFKA + name.substring("kafka_".length()).replace('_', '.');
        }
        String key = name.replace('_', '-');
        return PIPELINE_KEYS.contains(key) || key.equals(HOST) || key.equals(PORT) ? key : null;
    }

    private static Map<String, String> read(Path file) {
        Object tree;
        try {
            tree = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new SurprisalException(file + ": there is no such file", e);
        } catch (IOException e) {
            throw new SurprisalException(file + ": cannot be read: " + e.getMessage(), e);
        } catch (MarkedYAMLException e) {
            throw new SurprisalException(
                    file + " line " + (e.getProblemMark().getLine() + 1) + ": not YAML: " + e.getProblem(), e);
        } catch (YAMLException e) {
            throw new SurprisalException(file + ": not YAML: " + e.getMessage(), e);
        }
        if (!(tree instanceof Map<?, ?> root)
                || !(root.get("surprisal") instanceof Map<?, ?> ours)
                || root.size() != 1) {
            throw new SurprisalException(file + ": the one key at the top must be 'surprisal'");
        }
        Map<String, String> flat = new TreeMap<>();
        flatten("", ours, flat);
        flat.keySet().forEach(key -> checkKnown(file, key));
        return flat;
    }

    private static void flatten(String prefix, Map<?, ?> tree, Map<String, String> flat) {
        tree.forEach((key, value) -> {
            if (value instanceof Map<?, ?> branch) {
                flatten(prefix + key + ".", branch, flat);
            } else {
                flat.put(prefix + key, String.valueOf(value));
            }
        });
    }

    private static void checkKnown(Path file, String key) {
        String last = key.substring(key.lastIndexOf('.') + 1);
        boolean ofPipeline =
                key.startsWith(PIPELINES) && key.lastIndexOf('.') > PIPELINES.length() && PIPELINE_KEYS.contains(last);
        if (!(key.startsWith(KAFKA)
                || key.equals(HOST)
                || key.equals(PORT)
                || ofPipeline
                || PIPELINE_KEYS.contains(key))) {
            throw new SurprisalException(file + ": unknown key 'surprisal." + key
                    + "'; known are host, port, kafka.<property>, and of a pipeline "
                    + String.join(", ", PIPELINE_KEYS));
        }
    }
}
