package dev.surprisal.scorer.replay;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.stream.Pipeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A replay of a pipeline's records on a thread of its own, which others may look at and stop. */
public final class ReplayJob {

    private static final Logger LOG = LoggerFactory.getLogger(ReplayJob.class);

    private final String id = UUID.randomUUID().toString();
    private final String pipeline;
    private final ReplayRequest request;
    private final boolean dry;
    private final Replay replay;
    private final Clock clock;
    private final Instant started;
    private final Thread thread;
    private volatile boolean cancelled;
    private volatile End end;

    /** Dead letters whose topic the pipeline does not read stay where they are. */
    ReplayJob(Pipeline of, ReplayRequest request, boolean dry, Clock clock) {
        pipeline = of.name();
        this.request = request;
        this.dry = dry;
        this.clock = clock;
        replay = new Replay(of.kafka(), request, dry, of::reads);
        started = clock.instant();
        thread = new Thread(this::run, "replay-" + pipeline);
        thread.setDaemon(true);
    }

    /** What a replay is at. */
    public enum State {
        RUNNING,
        /** The whole range has been looked at, or as many were sent as were asked for. */
        DONE,
        CANCELLED,
        FAILED
    }

    /** @param failure in one sentence; null for none */
    private record End(State state, Instant time, String failure) {}

    void start() {
        thread.start();
    }

    private void run() {
        LOG.info("pipeline '{}': replay {} of {} begins{}", pipeline, id, request.from(), dry ? ", which is dry" : "");
        try {
            Replay.Summary summary = replay.run();
            boolean whole = !cancelled || progress().rest().isEmpty();
            end = new End(whole ? State.DONE : State.CANCELLED, clock.instant(), null);
            LOG.info(
                    "pipeline '{}': replay {} of {} ends; sent {}{}",
                    pipeline,
                    id,
                    request.from(),
                    summary.sent(),
                    rest());
        } catch (SurprisalException e) {
            fail(e, e.getMessage());
        } catch (RuntimeException e) {
            fail(e, "something went wrong; the log of the scorer says what");
        }
    }

    private void fail(RuntimeException e, String why) {
        end = new End(State.FAILED, clock.instant(), why);
        LOG.warn(
                "pipeline '{}': replay {} of {} failed; sent {}{}",
                pipeline,
                id,
                request.from(),
                progress().summary().sent(),
                rest(),
                e);
    }

    private String rest() {
        String rest = progress().rest();
        return rest.isEmpty() ? "" : "; not looked at: the offsets " + rest;
    }

    /** Has it end after the transaction that it is in; does nothing to one that has ended. */
    public void cancel() {
        cancelled = true;
        replay.stop();
    }

    /**
     * Stops it with the process, and says how far it came.
     *
     * @param patience for the transaction that it is in
     */
    void close(Duration patience) {
        cancel();
        try {
            // 0 would be for ever.
            thread.join(Math.max(1, patience.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (end == null) {
            LOG.warn(
                    "pipeline '{}': replay {} of {} is cut off; sent {}{}",
                    pipeline,
                    id,
                    request.from(),
                    progress().summary().sent(),
                    rest());
        }
    }

    public String id() {
        return id;
    }

    public ReplayRequest request() {
        return request;
    }

    /** Whether it tells only what would be sent. */
    public boolean isDry() {
        return dry;
    }

    public Instant started() {
        return started;
    }

    public State state() {
        End now = end;
        return now == null ? State.RUNNING : now.state();
    }

    /** When it ended; null while it runs. */
    public Instant ended() {
        End now = end;
        return now == null ? null : now.time();
    }

    /** Why it failed, in one sentence; null if it did not. */
    public String failure() {
        End now = end;
        return now == null ? null : now.failure();
    }

    /** How far it has come, as of its last transaction. */
    public Replay.Progress progress() {
        return replay.progress();
    }
}
