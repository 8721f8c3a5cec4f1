package dev.surprisal.scorer.drift;

import dev.surprisal.schemas.event.DriftEvent;
import dev.surprisal.scorer.stream.EventSender;
import dev.surprisal.scorer.stream.Pipeline;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log and the topic of drift what becomes unlike training. An event that Kafka does not take is in the log only. */
final class DriftEvents implements DriftListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DriftEvents.class);

    private final Pipeline pipeline;
    private final Clock clock;
    private final EventSender<DriftEvent> sender;

    DriftEvents(Pipeline pipeline, Clock clock) {
        this.pipeline = pipeline;
        this.clock = clock;
        sender = new EventSender<>(pipeline, pipeline.topics().drift(), DriftEvent.getClassSchema(), "drift");
    }

    @Override
    public void changed(Change change, DriftReport report) {
        LOG.warn(
                "pipeline '{}': {} {}: {}",
                pipeline.name(),
                Objects.requireNonNullElse(change.field(), DriftReport.SCORES),
                change.now().text(),
                change.sentence());
        Instant now = clock.instant();
        sender.send(
                new DriftEvent(
                        now,
                        pipeline.name(),
                        pipeline.instance(),
                        report.model(),
                        report.modelVersion(),
                        change.field(),
                        change.now().text(),
                        change.before().text(),
                        Double.isNaN(change.index()) ? null : (Double) change.index(),
                        Double.isNaN(change.chance()) ? null : (Double) change.chance(),
                        change.field() == null ? (Double) report.scores().evidence() : null,
                        change.sentence(),
                        report.retrainBecauseOf()),
                now);
    }

    @Override
    public void close() {
        sender.close();
    }
}
