package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.record.RecordException.Step;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what listeners throw from the stream and from one another: records are not held up by who looks on. */
final class GuardedListener implements StreamListener {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedListener.class);

    private final List<StreamListener> listeners;

    GuardedListener(StreamListener... listeners) {
        this.listeners = List.of(listeners);
    }

    @Override
    public void scored(ScoredBatch batch) {
        tell(listener -> listener.scored(batch));
    }

    @Override
    public void compared(ComparedBatch batch) {
        tell(listener -> listener.compared(batch));
    }

    @Override
    public void appended(long[] times) {
        tell(listener -> listener.appended(times));
    }

    @Override
    public void flagged() {
        tell(StreamListener::flagged);
    }

    @Override
    public void muted() {
        tell(StreamListener::muted);
    }

    @Override
    public void incident(String event) {
        tell(listener -> listener.incident(event));
    }

    @Override
    public void incidentsOpen(int more) {
        tell(listener -> listener.incidentsOpen(more));
    }

    @Override
    public void silence(String event) {
        tell(listener -> listener.silence(event));
    }

    @Override
    public void keysSilent(int more) {
        tell(listener -> listener.keysSilent(more));
    }

    @Override
    public void keysWatched(int more) {
        tell(listener -> listener.keysWatched(more));
    }

    @Override
    public void refused(Step step) {
        tell(listener -> listener.refused(step));
    }

    private void tell(Consumer<StreamListener> what) {
        for (StreamListener listener : listeners) {
            try {
                what.accept(listener);
            } catch (RuntimeException e) {
                LOG.error("what was scored could not be counted: {}", e.getMessage(), e);
            }
        }
    }
}
