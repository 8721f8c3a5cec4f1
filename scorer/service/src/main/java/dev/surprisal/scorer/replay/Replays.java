package dev.surprisal.scorer.replay;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.stream.Pipeline;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The replays that were asked of this process: one at a time a pipeline, few at a time in all, and the latest of those that have ended. */
public final class Replays implements AutoCloseable {

    /** How many a pipeline are remembered. */
    public static final int KEPT = 20;

    private static final int AT_ONCE = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Clock clock;
    private final Map<String, Deque<ReplayJob>> byPipeline = new TreeMap<>();
    private boolean closed;

    public Replays(Clock clock) {
        this.clock = clock;
    }

    /**
     * Sets one going.
     *
     * @param dry whether it tells only what would be sent
     * @throws SurprisalException if one of the pipeline is running, too many are, or the process ends
     */
    public synchronized ReplayJob start(Pipeline pipeline, ReplayRequest request, boolean dry) {
        if (closed) {
            throw new SurprisalException("the scorer stops; nothing is replayed any more");
        }
        Deque<ReplayJob> jobs = byPipeline.computeIfAbsent(pipeline.name(), name -> new ArrayDeque<>());
        ReplayJob latest = jobs.peekFirst();
        if (latest != null && isRunning(latest)) {
            throw new SurprisalException("replay " + latest.id() + " of the pipeline '" + pipeline.name()
                    + "' is still running; wait for its end, or cancel it");
        }
        if (running().size() >= AT_ONCE) {
            throw new SurprisalException(
                    AT_ONCE + " replays of other pipelines are running already; wait for the end of one");
        }
        ReplayJob job = new ReplayJob(pipeline, request, dry, clock);
        jobs.addFirst(job);
        if (jobs.size() > KEPT) {
            jobs.removeLast();
        }
        job.start();
        return job;
    }

    private static boolean isRunning(ReplayJob job) {
        return job.state() == ReplayJob.State.RUNNING;
    }

    private List<ReplayJob> running() {
        return byPipeline.values().stream()
                .flatMap(Deque::stream)
                .filter(Replays::isRunning)
                .toList();
    }

    /** Those of a pipeline, the latest first. */
    public synchronized List<ReplayJob> of(String pipeline) {
        return List.copyOf(byPipeline.getOrDefault(pipeline, new ArrayDeque<>()));
    }

    public Optional<ReplayJob> find(String pipeline, String id) {
        return of(pipeline).stream().filter(job -> job.id().equals(id)).findFirst();
    }

    /** Stops those that run; the log says how far each came. */
    @Override
    public void close() {
        List<ReplayJob> left;
        synchronized (this) {
            closed = true;
            left = running();
        }
        left.forEach(ReplayJob::cancel);
        long end = System.nanoTime() + PATIENCE.toNanos();
        left.forEach(job -> job.close(Duration.ofNanos(end - System.nanoTime())));
    }
}
