package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.scorer.format.TopicFormats;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import dev.surprisal.scorer.model.ModelSwitch;
import dev.surprisal.scorer.model.ServedModel;
import dev.surprisal.scorer.mute.MuteRuleBook;
import dev.surprisal.scorer.mute.MuteRuleFeed;
import dev.surprisal.scorer.mute.MuteRules;
import dev.surprisal.scorer.stream.PipelineTopics.Prepared;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.streams.Topology;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pipeline at work: a Kafka Streams application of its own, so that one that fails leaves the others alone.
 *
 * <p>Whatever it lacks, such as a broker, a topic, a right or a model, it waits for; an application that has failed is started again, after one second, then two, at most
 * {@value #LONGEST_PAUSE_SECONDS}. Only where the process itself is at its end, out of memory for instance, it gives up.
 */
public final class PipelineStreams implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PipelineStreams.class);
    private static final int LONGEST_PAUSE_SECONDS = 30;
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration SHORT_LOOK = Duration.ofMillis(20);
    private static final Duration PATIENCE_FOR_RULES = Duration.ofSeconds(5);
    private static final Duration PATIENCE_AT_CLOSE = Duration.ofSeconds(5);
    /** An application that ran for so long was well. */
    private static final Duration WELL = Duration.ofMinutes(1);

    private final Pipeline pipeline;
    private final ModelSwitch models;
    private final StreamListener listener;
    /** Outlives applications: what is known of a registry stays known. */
    private final TopicFormats formats;

    private final MuteRules rules = new MuteRules();
    private final MuteRuleFeed ruleFeed;
    private final MuteRuleBook ruleBook;
    private final Thread keeper;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch toClose = new CountDownLatch(1);
    private RecordTracing tracing = RecordTracing.OFF;
    private volatile Application application;
    private volatile String failure;
    private volatile boolean dead;

    /**
     * Prepares nothing yet; {@link #start} sets it going.
     *
     * @param models closed by this
     * @param listeners are told what is scored; should be quick
     */
    public PipelineStreams(Pipeline pipeline, ModelSwitch models, StreamListener... listeners) {
        this.pipeline = pipeline;
        this.models = models;
        this.listener = new GuardedListener(listeners);
        formats = pipeline.newFormats();
        ruleFeed = new MuteRuleFeed(pipeline.name(), pipeline.kafka(), rules);
        ruleBook = new MuteRuleBook(pipeline.name(), pipeline.kafka(), rules, ruleFeed, Clock.systemUTC());
        keeper = new Thread(this::keep, "keep-" + pipeline.name());
        keeper.setDaemon(true);
    }

    /** The topology of a pipeline, for a test driver or for Kafka. */
    static Topology topology(Pipeline pipeline, ModelSwitch models, Prepared topics, StreamListener listener) {
        return topology(pipeline, models, topics, listener, MuteRules.NONE, RecordTracing.OFF, pipeline.newFormats());
    }

    /** The same, with rules by which flags are muted, and records followed. */
    static Topology topology(
            Pipeline pipeline,
            ModelSwitch models,
            Prepared topics,
            StreamListener listener,
            MuteRules rules,
            RecordTracing tracing,
            TopicFormats formats) {
        return ScoringTopology.of(pipeline, () -> {
            StreamOutputs outputs = StreamOutputs.of(pipeline, formats);
            return TracedProcessor.of(
                    new ScoringProcessor(
                            scorers(pipeline, models, formats),
                            new StreamAlarms(pipeline.remembers(), topics.partitions()),
                            topics.limits(),
                            pipeline.emission(),
                            outputs,
                            formats::json,
                            new StreamIncidents(pipeline.incidents(), rules, listener, outputs.incidents()),
                            new StreamSilences(pipeline.silences(), listener, outputs.silences()),
                            listener),
                    tracing);
        });
    }

    /** Of what comes by the topic. */
    static Supplier<CurrentScorer> scorers(Pipeline pipeline, ModelSwitch models, TopicFormats formats) {
        return () -> new CurrentScorer(
                models,
                pipeline.maxRecordBytes(),
                formats::json,
                pipeline.emission().full(),
                pipeline.drift().every());
    }

    /** Has records followed; before it starts. */
    public void traceBy(RecordTracing by) {
        tracing = by;
    }

    public void start() {
        if (!pipeline.incidents().isOff()) {
            ruleFeed.start();
        }
        keeper.start();
    }

    private void keep() {
        int pause = 1;
        while (!closing.get()) {
            long began = System.nanoTime();
            try (KafkaAdmin kafka = KafkaAdmin.connect(pipeline.kafka())) {
                run(kafka);
            } catch (SurprisalException e) {
                fail(e.getMessage(), null);
            } catch (RuntimeException e) {
                fail(String.valueOf(e.getMessage()), e);
            }
            if (dead) {
                return;
            }
            if (System.nanoTime() - began > WELL.toNanos()) {
                pause = 1;
            }
            if (!closing.get()) {
                LOG.info("pipeline '{}' tries again in {} s", pipeline.name(), pause);
            }
            if (closes(Duration.ofSeconds(pause))) {
                return;
            }
            pause = Math.min(LONGEST_PAUSE_SECONDS, 2 * pause);
        }
    }

    /** From the first look at the topics until the application ends. */
    private void run(KafkaAdmin kafka) {
        Prepared topics = new PipelineTopics(pipeline, kafka).prepare();
        while (models.current().isEmpty()) {
            tell(models.trouble() == null ? "there is no model yet: " + pipeline.model() : models.trouble());
            if (closes(LOOK)) {
                return;
            }
        }
        if (closesBeforeRules() || closesBeforeSchemas()) {
            return;
        }
        try (Application started =
                Application.start(pipeline, models, listener, topics, kafka, rules, tracing, formats)) {
            application = started;
            while (!started.hasEnded()) {
                if (closes(LOOK)) {
                    return;
                }
                tell(started.look());
            }
            dead = started.isFatal();
            fail(started.failure(), null);
        } finally {
            application = null;
        }
    }

    /**
     * Rules hold from the first record on. Where they cannot be read, scoring does not wait for them.
     *
     * @return whether it is time to close
     */
    private boolean closesBeforeRules() {
        if (pipeline.incidents().isOff()) {
            return false;
        }
        long end = System.nanoTime() + PATIENCE_FOR_RULES.toNanos();
        while (!ruleFeed.hasCaughtUp()) {
            if (closes(SHORT_LOOK)) {
                return true;
            }
            if (System.nanoTime() > end) {
                LOG.warn(
                        "pipeline '{}' does not know its mute rules yet, and mutes nothing until it does",
                        pipeline.name());
                return false;
            }
        }
        return false;
    }

    /**
     * Without the schema of a record there is no telling what becomes of it, and no record is passed over.
     *
     * @return whether it is time to close
     */
    private boolean closesBeforeSchemas() {
        String lacking = formats.lacking();
        while (lacking != null) {
            tell(lacking);
            if (closes(LOOK)) {
                return true;
            }
            lacking = formats.lacking();
        }
        return false;
    }

    /** @return whether it is time to close, after the given time at the latest */
    private boolean closes(Duration atMost) {
        try {
            return toClose.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void fail(String why, RuntimeException e) {
        if (!closing.get()) {
            failure = why;
            LOG.error("pipeline '{}' stops: {}", pipeline.name(), why, e);
        }
    }

    /** What it waits for; null for nothing. */
    private void tell(String waiting) {
        String before = failure;
        failure = waiting;
        if (waiting != null && !waiting.equals(before)) {
            LOG.warn("pipeline '{}' waits: {}", pipeline.name(), waiting);
        } else if (waiting == null && before != null) {
            LOG.info("pipeline '{}' goes on", pipeline.name());
        }
    }

    public Pipeline pipeline() {
        return pipeline;
    }

    public ModelSwitch models() {
        return models;
    }

    /** The model that scores; only once there is one. */
    public ModelCard card() {
        return model().map(ServedModel::card)
                .orElseThrow(() -> new IllegalStateException("there is no model to score with"));
    }

    /** The model that scores; empty until there is one. */
    public Optional<ServedModel> model() {
        return Optional.ofNullable(models.serving().model());
    }

    /**
     * What would become of records that came by the topic now: the same engine, the same bits. For any thread.
     *
     * @param records each one JSON in UTF-8
     */
    public List<ScoredRecord> score(List<byte[]> records) {
        return TrialScores.of(pipeline, models, records);
    }

    /**
     * Where records lie on the latent map of the model that scores. For any thread.
     *
     * @param records each one in UTF-8
     * @return empty while there is no model, or where it has no such map
     */
    public Optional<LocatedRecords> locate(List<byte[]> records) {
        while (true) {
            ServedModel model = models.serving().model();
            if (model == null || model.plots().latent() == null) {
                return Optional.empty();
            }
            if (model.retain()) {
                try {
                    return Optional.of(LocatedRecords.of(model, records));
                } finally {
                    model.release();
                }
            }
        }
    }

    /**
     * Flags by another rule from the next poll on.
     *
     * @param rule null = the model's own alarm rate
     * @throws SurprisalException if it looks back and the pipeline was started with one that does not, so that there is nowhere to keep what it remembers
     */
    public void flagBy(AlarmRule rule) {
        if (rule != null && rule.looksBack() && !pipeline.remembers()) {
            throw new SurprisalException(
                    "pipeline '" + pipeline.name() + "': '" + rule
                            + "' needs to remember records, and the pipeline runs without a memory; set it as the pipeline's alarm-rate and start the scorer again");
        }
        models.flagBy(rule);
    }

    /** The rules by which flags are muted; empty where the pipeline has no incidents. */
    public Optional<MuteRuleBook> muteRules() {
        return pipeline.incidents().isOff() ? Optional.empty() : Optional.of(ruleBook);
    }

    /** Whether records are being scored now. */
    public boolean isRunning() {
        Application current = application;
        return current != null && current.isRunning() && failure == null;
    }

    /** Whether it will never score again without help: the process should be started again. */
    public boolean isDead() {
        return dead;
    }

    /** {@code WAITING}, or Kafka Streams' name for what it does. */
    public String state() {
        Application current = application;
        if (dead) {
            return "ERROR";
        }
        return current == null || failure != null || current.hasEnded() ? "WAITING" : current.state();
    }

    /** How many records are still to be scored, by partition, of the partitions that this instance has; as of the last fetch. */
    public Map<Integer, Long> lag() {
        Application current = application;
        return current == null ? Map.of() : current.lag();
    }

    /** What it waits for, or why it died; null where it lacks nothing. */
    public String failure() {
        return failure;
    }

    /** Finishes the records in hand, commits, and leaves. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        toClose.countDown();
        if (application == null) {
            // It waits for Kafka, and need not any longer.
            keeper.interrupt();
        }
        try {
            keeper.join(PATIENCE_AT_CLOSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ruleFeed.close();
        models.close();
    }
}
