package dev.surprisal.scorer.validation;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import dev.surprisal.scorer.stream.Pipeline;
import java.util.function.Consumer;

/** Whether Kafka answers, and lets this client in. */
final class ConnectionCheck {

    private final Pipeline pipeline;
    private final Consumer<Finding> found;

    ConnectionCheck(Pipeline pipeline, Consumer<Finding> found) {
        this.pipeline = pipeline;
        this.found = found;
    }

    boolean passes(KafkaAdmin kafka) {
        String servers = pipeline.kafka().get("bootstrap.servers");
        String protocol = pipeline.kafka().getOrDefault("security.protocol", "PLAINTEXT");
        try {
            int brokers = kafka.get(
                            "describe the cluster",
                            kafka.admin().describeCluster().nodes())
                    .size();
            found.accept(Finding.ok(
                    pipeline.name(),
                    "Kafka at " + servers + " answers: " + brokers + (brokers == 1 ? " broker" : " brokers") + ", "
                            + protocol));
        } catch (SurprisalException e) {
            found.accept(Finding.failed(pipeline.name(), e.getMessage()));
            return false;
        }
        if (protocol.endsWith("PLAINTEXT") && !servers.matches("(?i)((localhost|127\\.[0-9.]+|\\[::1]):\\d+,?)+")) {
            found.accept(
                    Finding.warning(
                            pipeline.name(),
                            "records, and passwords with SASL, cross the network in the clear; set security.protocol=SSL or SASL_SSL"));
        }
        return true;
    }
}
