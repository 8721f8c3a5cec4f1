package dev.surprisal.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.surprisal.quickstart.EmbeddedBroker;
import dev.surprisal.scorer.cli.KnownSettings;
import dev.surprisal.scorer.instance.InstanceTopic;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.PipelineTopics;
import dev.surprisal.scorer.stream.PipelineTopics.Planned;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chart's topics are those that the scorer would create, but for how long they are kept, and for changelogs, which are the scorer's own. */
class ChartTopicsIT {

    private static final int PARTITIONS = 6;

    @TempDir
    private Path folder;

    @Test
    void theChartsTopicsAreThoseOfThePlan() throws Exception {
        Map<String, String> ofTheChart = new TreeMap<>();
        for (JsonNode object : Chart.objects(Chart.EXAMPLE)) {
            if (object.get("kind").asText().equals("KafkaTopic")) {
                JsonNode spec = object.get("spec");
                Map<String, String> config = new TreeMap<>();
                spec.path("config")
                        .properties()
                        .forEach(entry ->
                                config.put(entry.getKey(), entry.getValue().asText()));
                String name = spec.get("topicName").asText();
                if (!name.equals(InstanceTopic.NAME)) {
                    // The chart says how long to keep what the plan leaves to the broker.
                    config.remove("retention.ms");
                }
                ofTheChart.put(name, spec.get("partitions").asInt() + " partitions " + config);
            }
        }

        assertThat(ofTheChart).isEqualTo(planned());
    }

    private Map<String, String> planned() throws Exception {
        Map<String, String> planned = new TreeMap<>();
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"))) {
            Map<String, String> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
            try (Admin admin = Admin.create(new TreeMap<>(kafka))) {
                admin.createTopics(List.of(
                                new NewTopic("payments", PARTITIONS, (short) 1),
                                new NewTopic("logins", PARTITIONS, (short) 1)))
                        .all()
                        .get();
            }
            Path settings =
                    Files.writeString(folder.resolve("surprisal.yaml"), """
                    surprisal:
                      kafka: {bootstrap.servers: '%s'}
                      pipelines:
                        payments: {topic: payments, model: 'topic:payments'}
                        logins: {topic: logins, model: 'topic:logins'}
                    """.formatted(broker.bootstrapServers()));
            for (Pipeline pipeline : KnownSettings.pipelines(settings, Map.of())) {
                List<Planned> plan = KafkaAdmin.with(kafka, admin -> new PipelineTopics(pipeline, admin).plan());
                for (Planned topic : plan) {
                    if (!topic.exists() && !topic.name().endsWith("-changelog")) {
                        planned.put(topic.name(), topic.partitions() + " partitions " + new TreeMap<>(topic.configs()));
                    }
                }
            }
        }
        return planned;
    }
}
