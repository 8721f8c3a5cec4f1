package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.event.ModelEvent;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.scorer.model.ModelListener;
import java.time.Clock;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log and the topic of model events what becomes of a pipeline's models. An event that Kafka does not take is in the log only. */
public final class ModelEvents implements ModelListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ModelEvents.class);

    private final Pipeline pipeline;
    private final Clock clock;
    private final EventSender<ModelEvent> sender;

    public ModelEvents(Pipeline pipeline, Clock clock) {
        this.pipeline = pipeline;
        this.clock = clock;
        sender = new EventSender<>(
                pipeline, pipeline.topics().modelEvents(), ModelEvent.getClassSchema(), "model-event");
    }

    @Override
    public void served(ModelCard card, String source) {
        LOG.info("pipeline '{}' scores with model {} {} of {}", pipeline.name(), card.name(), card.version(), source);
        send("served", card, source, null);
    }

    @Override
    public void shadowed(ModelCard card, String source) {
        LOG.info("pipeline '{}' has the shadow {} {} of {}", pipeline.name(), card.name(), card.version(), source);
        send("shadowed", card, source, null);
    }

    @Override
    public void unshadowed() {
        LOG.info("pipeline '{}' has no shadow any more", pipeline.name());
        send("unshadowed", null, null, null);
    }

    @Override
    public void refused(String source, String reason) {
        LOG.error("pipeline '{}' refuses a model: {}", pipeline.name(), reason);
        send("refused", null, source, reason);
    }

    private void send(String event, ModelCard card, String source, String reason) {
        Instant now = clock.instant();
        sender.send(
                new ModelEvent(
                        now,
                        pipeline.name(),
                        pipeline.instance(),
                        event,
                        card == null ? null : card.name(),
                        card == null ? null : card.version(),
                        source,
                        reason),
                now);
    }

    @Override
    public void close() {
        sender.close();
    }
}
