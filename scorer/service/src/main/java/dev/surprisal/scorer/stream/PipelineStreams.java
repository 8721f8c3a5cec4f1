package dev.surprisal.scorer.stream;

import dev.surprisal.engine.Judge;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.scorer.model.ModelSwitch;
import dev.surprisal.scorer.model.ServedModel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pipeline at work: a Kafka Streams application of its own, so that one that dies leaves the others alone. */
public final class PipelineStreams implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PipelineStreams.class);
    private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(4);

    private final Pipeline pipeline;
    private final ModelSwitch models;
    private final KafkaStreams streams;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile String failure;

    /**
     * Prepares the topics and the application; {@link #start} sets it going.
     *
     * @param models with one that scores; closed by this
     * @param listener is told what is scored; should be quick
     */
    public PipelineStreams(Pipeline pipeline, ModelSwitch models, StreamListener listener) {
        this.pipeline = pipeline;
        this.models = models;
        OutputLimits limits = PipelineTopics.prepare(pipeline);
        Supplier<CurrentScorer> scorers = () -> new CurrentScorer(models, pipeline.maxRecordBytes());
        StreamListener guarded = new GuardedListener(listener);
        streams = streams(
                topology(pipeline, models, limits, guarded),
                StreamsProperties.of(pipeline, limits, scorers, guarded),
                pipeline);
        streams.setUncaughtExceptionHandler(e -> {
            failure = e.getMessage();
            LOG.error("pipeline '{}' stops: {}", pipeline.name(), e.getMessage(), e);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    }

    /** The topology of a pipeline, for a test driver or for Kafka. */
    static Topology topology(Pipeline pipeline, ModelSwitch models, OutputLimits limits, StreamListener listener) {
        return ScoringTopology.of(
                pipeline.topics(),
                () -> new ScoringProcessor(
                        () -> new CurrentScorer(models, pipeline.maxRecordBytes()), limits, listener));
    }

    private static KafkaStreams streams(Topology topology, Properties properties, Pipeline pipeline) {
        try {
            return new KafkaStreams(topology, properties);
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new SurprisalException(
                    "pipeline '" + pipeline.name() + "': Kafka cannot be used: " + cause.getMessage(), e);
        }
    }

    public void start() {
        streams.start();
    }

    public Pipeline pipeline() {
        return pipeline;
    }

    /** The model that scores; empty once it is closed. */
    public Optional<ModelCard> model() {
        return models.current();
    }

    public ModelCard card() {
        return serving().card();
    }

    public Judge judge() {
        return serving().judge();
    }

    private ServedModel serving() {
        ServedModel model = models.serving().model();
        if (model == null) {
            throw new IllegalStateException("there is no model to score with");
        }
        return model;
    }

    /**
     * What would become of records that came by the topic now: the same engine, the same bits. For any thread.
     *
     * @param records each one in UTF-8
     */
    public List<ScoredRecord> score(List<byte[]> records) {
        try (CurrentScorer scorer = new CurrentScorer(models, pipeline.maxRecordBytes())) {
            return scorer.score(records);
        }
    }

    /** Whether records are being scored now. */
    public boolean isRunning() {
        return streams.state() == State.RUNNING;
    }

    /** Whether it will never score again without help. */
    public boolean isDead() {
        State state = streams.state();
        return state == State.ERROR || state == State.PENDING_ERROR || (state == State.NOT_RUNNING && !closing.get());
    }

    /** Kafka Streams' name for what it does. */
    public String state() {
        return streams.state().name();
    }

    /** How many records are still to be scored, by partition, of the partitions that this instance has; as of the last fetch. */
    public Map<Integer, Long> lag() {
        Map<Integer, Long> lag = new TreeMap<>();
        streams.metrics().forEach((name, metric) -> {
            if (name.name().equals("records-lag")
                    && pipeline.topic().equals(name.tags().get("topic"))
                    && metric.metricValue() instanceof Double records
                    && !records.isNaN()) {
                lag.put(Integer.valueOf(name.tags().get("partition")), records.longValue());
            }
        });
        return lag;
    }

    /** Why it died; null while it lives. */
    public String failure() {
        return failure;
    }

    /** Finishes the records in hand, commits, and leaves. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        // The others take over at once from who leaves; who has a name of its own in the group comes back to what it
        // had.
        GroupMembershipOperation leave = pipeline.kafka().containsKey(CommonClientConfigs.GROUP_INSTANCE_ID_CONFIG)
                ? GroupMembershipOperation.REMAIN_IN_GROUP
                : GroupMembershipOperation.LEAVE_GROUP;
        boolean stopped = streams.close(CloseOptions.timeout(PATIENCE_AT_STOP).withGroupMembershipOperation(leave));
        models.close();
        if (!stopped) {
            LOG.warn(
                    "pipeline '{}' did not stop within {} s; what it had not committed is done again by the next",
                    pipeline.name(),
                    PATIENCE_AT_STOP.toSeconds());
        }
    }
}
