package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topics of a pipeline: the records' must be there, the others are created where they are missing. */
final class PipelineTopics {

    private static final int PATIENCE_SECONDS = 20;
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** What an output record may have beside the input record that it carries. */
    private static final int HEADROOM = 64 << 10;
    /** No request can hold more. */
    private static final int LARGEST = Integer.MAX_VALUE / 4;

    private final Pipeline pipeline;
    private final Admin admin;

    private PipelineTopics(Pipeline pipeline, Admin admin) {
        this.pipeline = pipeline;
        this.admin = admin;
    }

    /**
     * Prepares the topics.
     *
     * @throws SurprisalException if the records' topic does not exist or Kafka does not answer
     */
    static OutputLimits prepare(Pipeline pipeline) {
        return ask(pipeline, PipelineTopics::prepare);
    }

    /** How many partitions the topic of records has. */
    static int partitions(Pipeline pipeline) {
        return ask(pipeline, topics -> topics.describeRecords().partitions().size());
    }

    private static <T> T ask(Pipeline pipeline, Function<PipelineTopics, T> question) {
        Map<String, Object> properties = new HashMap<>(pipeline.kafka());
        properties.putIfAbsent("default.api.timeout.ms", "10000");
        properties.putIfAbsent("request.timeout.ms", "5000");
        properties.putIfAbsent("reconnect.backoff.ms", "1000");
        properties.putIfAbsent("reconnect.backoff.max.ms", "4000");
        try (Admin admin = Admin.create(properties)) {
            return question.apply(new PipelineTopics(pipeline, admin));
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new SurprisalException(of(pipeline) + " cannot be used: " + cause.getMessage(), e);
        }
    }

    private OutputLimits prepare() {
        Topics topics = pipeline.topics();
        Set<String> existing = get("list topics", admin.listTopics().names());
        if (!existing.contains(topics.records())) {
            throw new SurprisalException("pipeline '" + pipeline.name() + "': the topic '" + topics.records()
                    + "' does not exist on " + pipeline.kafka().get("bootstrap.servers") + "; create it first");
        }
        TopicDescription records = describeRecords();
        int recordBytes = Math.max(maxMessageBytes(topics.records()), pipeline.maxRecordBytes());
        List<NewTopic> missing = new ArrayList<>();
        for (String output : List.of(topics.scores(), topics.anomalies(), topics.deadLetters())) {
            if (!existing.contains(output)) {
                missing.add(like(records, output, Math.min(LARGEST, recordBytes) + HEADROOM));
            }
        }
        create(missing);
        return new OutputLimits(
                maxMessageBytes(topics.scores()),
                maxMessageBytes(topics.anomalies()),
                maxMessageBytes(topics.deadLetters()));
    }

    private TopicDescription describeRecords() {
        String topic = pipeline.topics().records();
        return get(
                "describe topic " + topic,
                admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
    }

    /** A topic with as many partitions, each as often, as another. */
    private static NewTopic like(TopicDescription records, String name, int maxMessageBytes) {
        int replicas = records.partitions().get(0).replicas().size();
        return new NewTopic(name, Optional.of(records.partitions().size()), Optional.of((short) replicas))
                .configs(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxMessageBytes)));
    }

    private void create(List<NewTopic> missing) {
        admin.createTopics(missing).values().forEach((name, created) -> {
            try {
                get("create topic " + name, created);
            } catch (SurprisalException e) {
                // Another instance was faster.
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        });
    }

    private int maxMessageBytes(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = await(
                "describe topic " + topic,
                () -> admin.describeConfigs(List.of(resource)).values().get(resource));
        int bytes = Integer.parseInt(
                config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
        return Math.min(LARGEST, bytes);
    }

    /** The broker may not know yet what its controller has just created. */
    private <T> T await(String deed, Supplier<KafkaFuture<T>> request) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try {
                return get(deed, request.get());
            } catch (SurprisalException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > end) {
                    throw e;
                }
            }
            LockSupport.parkNanos(AGAIN_NANOS);
        }
    }

    private <T> T get(String deed, KafkaFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
                throw silent(e);
            }
            throw new SurprisalException(
                    of(pipeline) + " refuses to " + deed + ": " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw silent(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SurprisalException(
                    "interrupted while preparing the topics of pipeline '" + pipeline.name() + "'", e);
        }
    }

    private SurprisalException silent(Exception e) {
        return new SurprisalException(of(pipeline) + " does not answer; is it running, and is the address right?", e);
    }

    private static String of(Pipeline pipeline) {
        return "pipeline '" + pipeline.name() + "': Kafka at "
                + pipeline.kafka().get("bootstrap.servers");
    }
}
