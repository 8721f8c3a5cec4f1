package dev.surprisal.scorer.cli;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.model.ModelSwitch;
import dev.surprisal.scorer.ops.Activities;
import dev.surprisal.scorer.ops.OutputTails;
import dev.surprisal.scorer.ops.Pipelines;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.PipelineStreams;
import dev.surprisal.scorer.stream.StreamListener;
import io.micronaut.context.ApplicationContext;
import io.micronaut.http.server.exceptions.ServerStartupException;
import io.micronaut.runtime.server.EmbeddedServer;
import java.net.BindException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The running scorer: its pipelines and its HTTP server. */
public final class Scorer implements AutoCloseable {

    private static final long POLL_MILLIS = 20;

    private final ApplicationContext context;
    private final EmbeddedServer server;
    private final Pipelines pipelines;
    private final OutputTails tails;

    private Scorer(ApplicationContext context, EmbeddedServer server, Pipelines pipelines, OutputTails tails) {
        this.context = context;
        this.server = server;
        this.pipelines = pipelines;
        this.tails = tails;
    }

    /**
     * Starts the HTTP server, loads the models, prepares the topics and starts scoring.
     *
     * @param port 0 = any that is free
     * @throws SurprisalException if the port is taken, a model cannot be used or Kafka cannot be reached; then nothing is left running
     */
    public static Scorer start(String host, int port, List<Pipeline> configured) {
        Pipelines pipelines = new Pipelines();
        Clock clock = Clock.systemUTC();
        Activities activities =
                new Activities(configured.stream().map(Pipeline::name).toList(), clock);
        OutputTails tails = new OutputTails(configured);
        ApplicationContext context = ApplicationContext.builder()
                .banner(false)
                .singletons(pipelines, activities, tails, clock)
                .properties(HttpProperties.of(host, port))
                .start();
        try {
            EmbeddedServer server = listen(context, port);
            pipelines.start(prepare(configured, activities));
            tails.start();
            return new Scorer(context, server, pipelines, tails);
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }

    private static EmbeddedServer listen(ApplicationContext context, int port) {
        try {
            return context.getBean(EmbeddedServer.class).start();
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

    private static List<PipelineStreams> prepare(List<Pipeline> configured, Activities activities) {
        List<PipelineStreams> prepared = new ArrayList<>();
        try {
            for (Pipeline pipeline : configured) {
                prepared.add(prepare(pipeline, activities.of(pipeline.name())));
            }
            return prepared;
        } catch (RuntimeException e) {
            prepared.forEach(PipelineStreams::close);
            throw e;
        }
    }

    private static PipelineStreams prepare(Pipeline pipeline, StreamListener listener) {
        ModelSwitch models = new ModelSwitch(pipeline.alarmRate());
        try {
            models.serve(ScoringModel.open(pipeline.model()));
            return new PipelineStreams(pipeline, models, listener);
        } catch (RuntimeException e) {
            models.close();
            throw e;
        }
    }

    /** Where the HTTP server listens. */
    public URI uri() {
        return server.getURI();
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

    /** Stops scoring, then answering. */
    @Override
    public void close() {
        pipelines.close();
        tails.close();
        context.close();
    }
}
