package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.format.TopicFormats;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import dev.surprisal.scorer.model.ModelSwitch;
import dev.surprisal.scorer.mute.MuteRules;
import dev.surprisal.scorer.stream.PipelineTopics.Prepared;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One life of a pipeline's Kafka Streams application, from its start to its end or failure. */
final class Application implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Application.class);
    private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(4);
    private static final int PATIENCE_MILLIS = 3_000;
    private static final long BETWEEN_LOOKS_NANOS = 2_000_000_000L;

    private final Pipeline pipeline;
    private final KafkaAdmin kafka;
    private final KafkaStreams streams;
    private final OrphanedTransactions orphans;
    private final Standstill standstill = new Standstill();
    private long lookedAt = System.nanoTime();
    private boolean mayEndTransactions = true;
    private String lacking;
    private volatile Throwable failure;

    private Application(Pipeline pipeline, KafkaAdmin kafka, KafkaStreams streams) {
        this.pipeline = pipeline;
        this.kafka = kafka;
        this.streams = streams;
        orphans = new OrphanedTransactions(pipeline.applicationId(), kafka);
        streams.setUncaughtExceptionHandler(e -> {
            failure = e;
            LOG.debug("pipeline '{}' fails", pipeline.name(), e);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    }

    /** Starts it. */
    static Application start(
            Pipeline pipeline,
            ModelSwitch models,
            StreamListener listener,
            Prepared topics,
            KafkaAdmin kafka,
            MuteRules rules,
            RecordTracing tracing,
            TopicFormats formats) {
        Properties properties = StreamsProperties.of(
                pipeline, topics.limits(), PipelineStreams.scorers(pipeline, models, formats), listener);
        RecordTracing.addTo(properties, tracing);
        try {
            KafkaStreams streams = new KafkaStreams(
                    PipelineStreams.topology(pipeline, models, topics, listener, rules, tracing, formats),
                    properties,
                    new NamedClients());
            Application application = new Application(pipeline, kafka, streams);
            streams.start();
            return application;
        } catch (KafkaException e) {
            throw KafkaAdmin.unusable("Kafka at " + pipeline.kafka().get("bootstrap.servers"), e);
        }
    }

    boolean isRunning() {
        return streams.state() == State.RUNNING;
    }

    String state() {
        return streams.state().name();
    }

    /** How many records are still to be scored, by partition, of all topics together. */
    Map<Integer, Long> lag() {
        Map<Integer, Long> lag = new TreeMap<>();
        streams.metrics().forEach((name, metric) -> {
            String topic = name.tags().get("topic");
            if (name.name().equals("records-lag")
                    && topic != null
                    && pipeline.reads(topic)
                    && metric.metricValue() instanceof Double records
                    && !records.isNaN()) {
                lag.merge(Integer.valueOf(name.tags().get("partition")), records.longValue(), Long::sum);
            }
        });
        return lag;
    }

    /** Whether it does nothing any more, or is about to. */
    boolean hasEnded() {
        State state = streams.state();
        return state == State.ERROR || state == State.PENDING_ERROR || state == State.NOT_RUNNING;
    }

    /** Why it ended, in one sentence. */
    String failure() {
        if (failure == null) {
            return "Kafka Streams ended";
        }
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof AuthenticationException)) {
            cause = cause.getCause();
        }
        if (cause instanceof FencedInstanceIdException) {
            return "another instance has the same name, '" + pipeline.instance() + "'; each needs its own";
        }
        return KafkaAdmin.reason(cause);
    }

    /** Whether another start in this process would not help. */
    boolean isFatal() {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof VirtualMachineError || cause instanceof LinkageError) {
                return true;
            }
        }
        return false;
    }

    /**
     * Looks after it: whether Kafka answers, and whether somebody's death stands in its way.
     *
     * @return what it waits for; null for nothing
     */
    String look() {
        long now = System.nanoTime();
        boolean rebalancing = streams.state() == State.REBALANCING;
        if (rebalancing || now - lookedAt >= BETWEEN_LOOKS_NANOS) {
            lookedAt = now;
            lacking = lookAgain(rebalancing);
        }
        return lacking;
    }

    private String lookAgain(boolean rebalancing) {
        try {
            kafka.get(
                    "describe the cluster",
                    kafka.admin()
                            .describeCluster(new DescribeClusterOptions().timeoutMs(PATIENCE_MILLIS))
                            .clusterId());
            if (rebalancing && pipeline.delivery() == Delivery.EXACTLY_ONCE) {
                endTransactions();
            }
            return standstill.look(streams.metrics(), lookedAt) == null
                    ? null
                    : "Kafka has not taken what was written for " + Standstill.PATIENCE.toSeconds()
                            + " s; are enough replicas in sync, and is there room?";
        } catch (SurprisalException e) {
            return e.getMessage();
        }
    }

    private void endTransactions() {
        if (!mayEndTransactions) {
            return;
        }
        try {
            orphans.end();
        } catch (SurprisalException e) {
            // They time out by themselves, later.
            LOG.info("the transactions of dead members cannot be ended: {}", e.getMessage());
            mayEndTransactions = !(e.getCause() instanceof AuthorizationException);
        }
    }

    /** Finishes the records in hand, commits, and leaves the group. */
    @Override
    public void close() {
        // The others take over at once from who leaves; who has a name of its own in the group comes back to what it
        // had.
        GroupMembershipOperation leave = pipeline.instance() == null
                ? GroupMembershipOperation.LEAVE_GROUP
                : GroupMembershipOperation.REMAIN_IN_GROUP;
        boolean stopped = streams.close(CloseOptions.timeout(PATIENCE_AT_STOP).withGroupMembershipOperation(leave));
        if (!stopped) {
            LOG.warn(
                    "pipeline '{}' did not stop within {} s; what it had not committed is done again by the next",
                    pipeline.name(),
                    PATIENCE_AT_STOP.toSeconds());
        }
    }
}
