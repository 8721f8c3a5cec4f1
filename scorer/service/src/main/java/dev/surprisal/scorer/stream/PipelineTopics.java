package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topics of a pipeline: the records' must be there, the others are created where they are missing. */
final class PipelineTopics {

    private static final int PATIENCE_SECONDS = 20;
    /** What an output record may have beside the input record that it carries. */
    private static final int HEADROOM = 64 << 10;

    private PipelineTopics() {}

    /**
     * Prepares the topics.
     *
     * @throws SurprisalException if the records' topic does not exist or Kafka does not answer
     */
    static OutputLimits prepare(Pipeline pipeline) {
        Map<String, Object> properties = new HashMap<>(pipeline.kafka());
        properties.putIfAbsent("default.api.timeout.ms", "15000");
        properties.putIfAbsent("request.timeout.ms", "5000");
        try (Admin admin = Admin.create(properties)) {
            return prepare(pipeline, admin);
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new SurprisalException(
                    "pipeline '" + pipeline.name() + "': Kafka cannot be used: " + cause.getMessage(), e);
        }
    }

    private static OutputLimits prepare(Pipeline pipeline, Admin admin) {
        Topics topics = pipeline.topics();
        Set<String> existing = new HashSet<>(get(pipeline, admin.listTopics().names()));
        if (!existing.contains(topics.records())) {
            throw new SurprisalException("pipeline '" + pipeline.name() + "': the topic '" + topics.records()
                    + "' does not exist on " + pipeline.kafka().get("bootstrap.servers") + "; create it first");
        }
        TopicDescription records = get(
                pipeline,
                admin.describeTopics(List.of(topics.records()))
                        .topicNameValues()
                        .get(topics.records()));
        long recordBytes = maxMessageBytes(pipeline, admin, topics.records());
        String outputBytes = Long.toString(Math.min(Integer.MAX_VALUE, recordBytes + HEADROOM));
        List<NewTopic> missing = new ArrayList<>();
        for (String output : List.of(topics.scores(), topics.anomalies(), topics.deadLetters())) {
            if (!existing.contains(output)) {
                missing.add(
                        new NewTopic(output, Optional.of(records.partitions().size()), Optional.empty())
                                .configs(
                                        output.equals(topics.scores())
                                                ? Map.of()
                                                : Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, outputBytes)));
            }
        }
        create(pipeline, admin, missing);
        return new OutputLimits(
                maxMessageBytes(pipeline, admin, topics.anomalies()) - 1_024,
                maxMessageBytes(pipeline, admin, topics.deadLetters()));
    }

    private static void create(Pipeline pipeline, Admin admin, List<NewTopic> missing) {
        for (KafkaFuture<Void> created : admin.createTopics(missing).values().values()) {
            try {
                get(pipeline, created);
            } catch (SurprisalException e) {
                // Another instance was faster.
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }

    private static long maxMessageBytes(Pipeline pipeline, Admin admin, String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config =
                get(pipeline, admin.describeConfigs(List.of(resource)).values().get(resource));
        return Long.parseLong(config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
    }

    private static <T> T get(Pipeline pipeline, KafkaFuture<T> future) {
        String servers = pipeline.kafka().get("bootstrap.servers");
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new SurprisalException(
                    "pipeline '" + pipeline.name() + "': Kafka at " + servers + " does not do what is asked: "
                            + e.getCause().getMessage(),
                    e.getCause());
        } catch (TimeoutException e) {
            throw new SurprisalException(
                    "pipeline '" + pipeline.name() + "': Kafka at " + servers + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SurprisalException(
                    "interrupted while preparing the topics of pipeline '" + pipeline.name() + "'", e);
        }
    }
}
