package dev.surprisal.scorer.ops;

import dev.surprisal.scorer.stream.PipelineStreams;
import java.util.List;
import java.util.Optional;

/** The pipelines of this process; none until they have been prepared, and none once they are closed. */
public final class Pipelines implements AutoCloseable {

    private volatile List<PipelineStreams> running = List.of();

    /** Takes pipelines on, and starts them. */
    public void start(List<PipelineStreams> prepared) {
        running = List.copyOf(prepared);
        running.forEach(PipelineStreams::start);
    }

    public List<PipelineStreams> all() {
        return running;
    }

    public Optional<PipelineStreams> find(String name) {
        return running.stream()
                .filter(each -> each.pipeline().name().equals(name))
                .findFirst();
    }

    static long lag(PipelineStreams pipeline) {
        return pipeline.lag().values().stream().mapToLong(Long::longValue).sum();
    }

    /** Whether every pipeline has its model loaded and scores. */
    public boolean areReady() {
        List<PipelineStreams> all = running;
        return !all.isEmpty() && all.stream().allMatch(PipelineStreams::isRunning);
    }

    /** Whether no pipeline has died. */
    public boolean areAlive() {
        return running.stream().noneMatch(PipelineStreams::isDead);
    }

    /** Stops all of them, side by side: none waits for another that is slow to stop. */
    @Override
    public void close() {
        List<Thread> closers = running.stream()
                .map(pipeline -> new Thread(
                        pipeline::close, "stop-" + pipeline.pipeline().name()))
                .toList();
        closers.forEach(Thread::start);
        boolean interrupted = false;
        for (Thread closer : closers) {
            interrupted |= !joined(closer);
        }
        running = List.of();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean joined(Thread thread) {
        try {
            thread.join();
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
