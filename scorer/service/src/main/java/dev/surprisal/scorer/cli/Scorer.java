package dev.surprisal.scorer.cli;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.access.Access;
import dev.surprisal.scorer.drift.DriftMonitors;
import dev.surprisal.scorer.feedback.Labels;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import dev.surprisal.scorer.model.ModelSwitch;
import dev.surprisal.scorer.ops.Activities;
import dev.surprisal.scorer.ops.Instances;
import dev.surprisal.scorer.ops.OutputTails;
import dev.surprisal.scorer.ops.Pipelines;
import dev.surprisal.scorer.replay.Replays;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.PipelineStreams;
import dev.surprisal.scorer.stream.RecordTracing;
import dev.surprisal.scorer.tracing.TracingSetup;
import io.micronaut.context.ApplicationContext;
import io.micronaut.http.server.exceptions.ServerStartupException;
import io.micronaut.http.server.netty.NettyEmbeddedServer;
import java.net.BindException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running scorer: its pipelines and its HTTP server. */
public final class Scorer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Scorer.class);

    private static final long POLL_MILLIS = 20;
    private static final long DRAIN_MILLIS = 1_500;

    private final ApplicationContext context;
    private final NettyEmbeddedServer server;
    private final Pipelines pipelines;
    private final ModelSupply supply;
    private final OutputTails tails;
    private final Instances instances;
    private final DriftMonitors drift;
    private final RecordTracing tracing;
    private final Labels labels;
    private final Replays replays;

    private Scorer(
            ApplicationContext context,
            NettyEmbeddedServer server,
            Pipelines pipelines,
            ModelSupply supply,
            OutputTails tails,
            Instances instances,
            DriftMonitors drift,
            RecordTracing tracing,
            Labels labels,
            Replays replays) {
        this.context = context;
        this.server = server;
        this.pipelines = pipelines;
        this.supply = supply;
        this.tails = tails;
        this.instances = instances;
        this.drift = drift;
        this.tracing = tracing;
        this.labels = labels;
        this.replays = replays;
    }

    /**
     * Starts the HTTP server, for everybody who reaches it, loads the models from files, and sets the pipelines going, which wait for what else they need.
     *
     * @param port 0 = any that is free
     * @throws SurprisalException if the port is taken, Kafka's properties cannot be right, or no pipeline has a model that can be used; then nothing is left running
     */
    public static Scorer start(String host, int port, List<Pipeline> configured) {
        return start(Access.open(host, port), configured);
    }

    /** The same, for those whom the access lets in. */
    public static Scorer start(Access access, List<Pipeline> configured) {
        return start(access, configured, TracingSetup.ofEnvironment());
    }

    /** @param tracing follows records; closed by this */
    static Scorer start(String host, int port, List<Pipeline> configured, RecordTracing tracing) {
        return start(Access.open(host, port), configured, tracing);
    }

    private static Scorer start(Access access, List<Pipeline> configured, RecordTracing tracing) {
        Pipelines pipelines = new Pipelines();
        ModelSupply supply = new ModelSupply();
        Clock clock = Clock.systemUTC();
        Activities activities =
                new Activities(configured.stream().map(Pipeline::name).toList(), clock);
        OutputTails tails = new OutputTails(configured);
        Instances instances = new Instances(configured, clock);
        DriftMonitors drift = new DriftMonitors(configured, clock);
        Labels labels = new Labels(configured);
        Replays replays = new Replays(clock);
        ApplicationContext context = ApplicationContext.builder()
                .banner(false)
                .singletons(access, pipelines, activities, tails, instances, drift, labels, replays, clock)
                .properties(HttpProperties.of(access))
                .start();
        try {
            NettyEmbeddedServer server = listen(context, access.port());
            List<PipelineStreams> prepared = prepare(configured, supply, activities, drift);
            prepared.forEach(streams -> streams.traceBy(tracing));
            pipelines.start(prepared);
            tails.start();
            instances.start();
            labels.start();
            return new Scorer(context, server, pipelines, supply, tails, instances, drift, tracing, labels, replays);
        } catch (RuntimeException e) {
            supply.close();
            drift.close();
            context.close();
            tracing.close();
            throw e;
        }
    }

    private static NettyEmbeddedServer listen(ApplicationContext context, int port) {
        try {
            return context.getBean(NettyEmbeddedServer.class).start();
        } catch (ServerStartupException e) {
            Throwable cause = e;
            while (cause != null && !(cause instanceof BindException)) {
                cause = cause.getCause();
            }
            throw new SurprisalException(
                    cause == null
                            ? "the HTTP server cannot start: " + e.getMessage()
                            : "port " + port + " is taken; choose another with --port",
                    e);
        }
    }

    /** One pipeline whose model cannot be used leaves the others alone; where no other has one either, there is nothing to do. */
    private static List<PipelineStreams> prepare(
            List<Pipeline> configured, ModelSupply supply, Activities activities, DriftMonitors drift) {
        List<PipelineStreams> prepared = new ArrayList<>();
        List<SurprisalException> failures = new ArrayList<>();
        for (Pipeline pipeline : configured) {
            KafkaAdmin.check(pipeline.kafka());
            ModelSwitch models = new ModelSwitch(pipeline.alarmRate());
            prepared.add(
                    new PipelineStreams(pipeline, models, activities.of(pipeline.name()), drift.of(pipeline.name())));
            try {
                supply.start(pipeline, models, activities.of(pipeline.name()).modelListener());
            } catch (SurprisalException e) {
                models.tellTrouble(e.getMessage());
                failures.add(e);
            }
        }
        if (failures.size() == configured.size()) {
            throw failures.get(0);
        }
        return prepared;
    }

    /** Where the HTTP server listens. */
    public URI uri() {
        return server.getURI();
    }

    /** What the HTTP server is made of. */
    ApplicationContext context() {
        return context;
    }

    public Pipelines pipelines() {
        return pipelines;
    }

    /**
     * Waits until all pipelines score.
     *
     * @return false if one died or the time passed
     */
    public boolean awaitReady(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (!pipelines.areReady()) {
            if (!pipelines.areAlive() || System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return true;
    }

    /** Stops scoring, then answering; then the port is free. */
    @Override
    public void close() {
        replays.close();
        supply.close();
        pipelines.close();
        instances.close();
        drift.close();
        tails.close();
        tracing.close();
        labels.close();
        finishRequests();
        server.stopServerOnly();
        context.close();
    }

    /** Takes no new connections; what was asked before is answered, and streams of events end, or are cut off. */
    private void finishRequests() {
        try {
            server.shutdownGracefully().toCompletableFuture().get(DRAIN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.info("some requests over HTTP took longer than {} ms and are cut off", DRAIN_MILLIS);
        } catch (ExecutionException e) {
            LOG.warn("requests over HTTP could not be finished", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
