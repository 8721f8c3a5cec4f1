package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.record.RecordException.Step;
import java.util.List;

/** Listeners that are told the same; one that fails does not keep it from the others. */
public final class SeveralListeners implements StreamListener {

    private final List<StreamListener> listeners;

    public SeveralListeners(List<? extends StreamListener> listeners) {
        this.listeners =
                listeners.stream().<StreamListener>map(GuardedListener::new).toList();
    }

    @Override
    public void scored(ScoredBatch batch) {
        listeners.forEach(listener -> listener.scored(batch));
    }

    @Override
    public void flagged() {
        listeners.forEach(StreamListener::flagged);
    }

    @Override
    public void refused(Step step) {
        listeners.forEach(listener -> listener.refused(step));
    }
}
