package dev.surprisal.scorer.cli;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.model.ModelFeed;
import dev.surprisal.scorer.model.ModelListener;
import dev.surprisal.scorer.model.ModelSwitch;
import dev.surprisal.scorer.stream.ModelEvents;
import dev.surprisal.scorer.stream.Pipeline;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** What brings the pipelines their models. */
final class ModelSupply implements AutoCloseable {

    private final List<ModelFeed> feeds = new ArrayList<>();
    private final List<ModelEvents> events = new ArrayList<>();

    /**
     * Brings a pipeline its first model and all later ones.
     *
     * @param listener hears of them, too
     * @throws SurprisalException if the first cannot be used; a later one may
     */
    void start(Pipeline pipeline, ModelSwitch models, ModelListener listener) {
        ModelEvents told = new ModelEvents(pipeline, Clock.systemUTC());
        events.add(told);
        ModelFeed feed = ModelFeed.of(pipeline.model(), models, pipeline.kafka(), ModelListener.both(listener, told));
        feeds.add(feed);
        feed.start();
    }

    @Override
    public void close() {
        feeds.forEach(ModelFeed::close);
        events.forEach(ModelEvents::close);
    }
}
