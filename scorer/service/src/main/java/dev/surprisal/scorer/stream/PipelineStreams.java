package dev.surprisal.scorer.stream;

import dev.surprisal.engine.Judge;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.model.ModelCard;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pipeline at work: a Kafka Streams application of its own, so that one that dies leaves the others alone. */
public final class PipelineStreams implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PipelineStreams.class);
    private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(5);
    private static final int USUAL_BUFFER_BYTES = 32 << 20;

    private final Pipeline pipeline;
    private final ScoringModel model;
    private final Judge judge;
    private final OutputLimits limits;
    private final KafkaStreams streams;
    private volatile String failure;

    /**
     * Prepares the topics and the application; {@link #start} sets it going.
     *
     * @param model closed by this
     */
    public PipelineStreams(Pipeline pipeline, ScoringModel model) {
        this.pipeline = pipeline;
        this.model = model;
        ModelCard card = model.card();
        judge = new Judge(card, pipeline.alarmRate() == null ? card.alarmRate() : pipeline.alarmRate());
        limits = PipelineTopics.prepare(pipeline);
        streams = new KafkaStreams(topology(pipeline, model, judge, limits), properties());
        streams.setUncaughtExceptionHandler(e -> {
            failure = e.getMessage();
            LOG.error("pipeline '{}' stops: {}", pipeline.name(), e.getMessage(), e);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    }

    /** The topology of a pipeline, for a test driver or for Kafka. */
    static Topology topology(Pipeline pipeline, ScoringModel model, Judge judge, OutputLimits limits) {
        return ScoringTopology.of(
                pipeline.topics(),
                () -> new ScoringProcessor(
                        () -> new RecordScorer(model, judge, pipeline.maxRecordBytes()),
                        new EventWriter(model.card(), judge.alarmRate()),
                        model.card().version(),
                        limits));
    }

    private Properties properties() {
        Map<String, Object> properties = new HashMap<>();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, pipeline.applicationId());
        properties.put(
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG, pipeline.delivery().guarantee());
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, pipeline.threads());
        // A commit ends a transaction, and only then do consumers see its scores.
        properties.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, pipeline.delivery() == Delivery.EXACTLY_ONCE ? 50 : 1_000);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        // A killed instance's partitions are taken over within about ten seconds.
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 8_000);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 2_000);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
        if (pipeline.delivery() == Delivery.EXACTLY_ONCE) {
            properties.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 8_000);
            // The first batch of a transaction is turned away while the broker still ends the one before: it is sent
            // again at once, and nothing
            // overtakes it.
            properties.put(StreamsConfig.producerPrefix(ProducerConfig.RETRY_BACKOFF_MS_CONFIG), 5);
            properties.put(StreamsConfig.producerPrefix(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG), 100);
            properties.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), 1);
        }
        int largest = (int) Math.min(Integer.MAX_VALUE / 2, limits.deadLetterBytes() + (1 << 20));
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), largest);
        properties.put(
                StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG),
                Math.max(USUAL_BUFFER_BYTES, 2L * largest));
        properties.putAll(pipeline.kafka());
        Supplier<RecordScorer> scorers = () -> new RecordScorer(model, judge, pipeline.maxRecordBytes());
        properties.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG),
                ScoreAtPoll.class.getName());
        properties.put(StreamsConfig.mainConsumerPrefix(ScoreAtPoll.SCORER), scorers);
        Properties all = new Properties();
        all.putAll(properties);
        return all;
    }

    public void start() {
        streams.start();
    }

    public Pipeline pipeline() {
        return pipeline;
    }

    public ModelCard card() {
        return model.card();
    }

    public Judge judge() {
        return judge;
    }

    /** Whether records are being scored now. */
    public boolean isRunning() {
        return streams.state() == State.RUNNING;
    }

    /** Whether it will never score again without help. */
    public boolean isDead() {
        State state = streams.state();
        return state == State.ERROR || state == State.PENDING_ERROR || state == State.NOT_RUNNING;
    }

    /** Kafka Streams' name for what it does. */
    public String state() {
        return streams.state().name();
    }

    /** Why it died; null while it lives. */
    public String failure() {
        return failure;
    }

    /** Finishes the records in hand, commits, and leaves. */
    @Override
    public void close() {
        if (!streams.close(PATIENCE_AT_STOP)) {
            LOG.warn(
                    "pipeline '{}' did not stop within {} s; what it had not committed is done again by the next",
                    pipeline.name(),
                    PATIENCE_AT_STOP.toSeconds());
        } else {
            model.close();
        }
    }
}
