package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.record.RecordException.Step;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a listener throws from the stream: records are not held up by who looks on. */
final class GuardedListener implements StreamListener {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedListener.class);

    private final StreamListener listener;

    GuardedListener(StreamListener listener) {
        this.listener = listener;
    }

    @Override
    public void scored(ScoredBatch batch) {
        guard(() -> listener.scored(batch));
    }

    @Override
    public void compared(ComparedBatch batch) {
        guard(() -> listener.compared(batch));
    }

    @Override
    public void appended(long[] times) {
        guard(() -> listener.appended(times));
    }

    @Override
    public void flagged() {
        guard(listener::flagged);
    }

    @Override
    public void muted() {
        guard(listener::muted);
    }

    @Override
    public void incident(String event) {
        guard(() -> listener.incident(event));
    }

    @Override
    public void incidentsOpen(int more) {
        guard(() -> listener.incidentsOpen(more));
    }

    @Override
    public void refused(Step step) {
        guard(() -> listener.refused(step));
    }

    private static void guard(Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException e) {
            LOG.error("what was scored could not be counted: {}", e.getMessage(), e);
        }
    }
}
