package dev.surprisal.scorer.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** The options that say where Kafka is; mixed in. */
final class KafkaOptions {

    @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT", description = "Where Kafka is.")
    private String bootstrapServers;

    @Option(
            names = "--kafka-property",
            paramLabel = "KEY=VALUE",
            description =
                    "Any property of Kafka's clients, such as security.protocol=SSL, or auto.offset.reset=latest to leave out what is in the topic before the first start. Secrets are safer in --kafka-file or the environment, since others may see the command line. Repeatable.")
    private Map<String, String> kafkaProperties = Map.of();

    @Option(
            names = "--kafka-file",
            paramLabel = "FILE",
            description =
                    "A file of properties of Kafka's clients, as Kafka's own tools take it with --command-config: for TLS, SASL and the like. Values may stand elsewhere: ${env:NAME}, ${file:/path:key}, ${directory:/path:name}.")
    private String kafkaFile;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A YAML file of settings; the environment and the command line come before it.")
    private Path config;

    /** What stands on the command line, as settings. */
    Map<String, String> values() {
        Map<String, String> values = new TreeMap<>();
        if (bootstrapServers != null) {
            values.put(Settings.KAFKA + "bootstrap.servers", bootstrapServers);
        }
        if (kafkaFile != null) {
            values.put(Settings.KAFKA_FILE, kafkaFile);
        }
        kafkaProperties.forEach((key, value) -> values.put(Settings.KAFKA + key, value));
        return values;
    }

    /** With the environment and the file. */
    Settings settings(Map<String, String> more) {
        Map<String, String> values = new TreeMap<>(values());
        more.forEach((key, value) -> {
            if (value != null) {
                values.put(key, value);
            }
        });
        return new Settings(values, System.getenv(), config);
    }

    /** The properties of the connection. */
    Map<String, String> kafka() {
        return settings(Map.of()).kafka();
    }
}
