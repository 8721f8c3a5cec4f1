package dev.surprisal.scorer.ops;

import dev.surprisal.schemas.record.RecordException.Step;
import dev.surprisal.scorer.model.ServedModel;
import dev.surprisal.scorer.stream.PipelineStreams;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.streams.KafkaStreams;

/**
 * The pipelines' counters and gauges. Their values are looked up when somebody asks, so that the stream pays nothing for them.
 *
 * <p>Labels are the pipeline, the step, the state and what became of a model, of which there are few; partitions, fields, keys and versions are none.
 */
@Singleton
final class PipelineMeters implements MeterBinder {

    private final Activities activities;
    private final Pipelines pipelines;
    private final Clock clock;

    PipelineMeters(Activities activities, Pipelines pipelines, Clock clock) {
        this.activities = activities;
        this.pipelines = pipelines;
        this.clock = clock;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        activities.all().forEach((name, activity) -> bind(name, activity, registry));
    }

    private void bind(String name, PipelineActivity activity, MeterRegistry registry) {
        counter("surprisal.records", "Records polled and scored or refused", name, activity, PipelineActivity::records)
                .register(registry);
        counter("surprisal.scores", "Scores", name, activity, PipelineActivity::scores)
                .register(registry);
        counter("surprisal.flags", "Records flagged", name, activity, PipelineActivity::flags)
                .register(registry);
        counter(
                        "surprisal.shadow.scores",
                        "Scores by a shadow, on records that the model scores, too",
                        name,
                        activity,
                        PipelineActivity::shadowScores)
                .register(registry);
        counter(
                        "surprisal.shadow.flags",
                        "Records that a shadow would flag",
                        name,
                        activity,
                        PipelineActivity::shadowFlags)
                .register(registry);
        for (ModelChanges.Result result : ModelChanges.Result.values()) {
            counter(
                            "surprisal.model.changes",
                            "Models that were offered, by what became of them",
                            name,
                            activity,
                            counted -> counted.models(result))
                    .tag("result", result.label())
                    .register(registry);
        }
        for (Step step : Step.values()) {
            counter(
                            "surprisal.dead.letters",
                            "Records that could not be scored, by the step at which they could not go on",
                            name,
                            activity,
                            counted -> counted.deadLetters(step))
                    .tag("step", step.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        for (String event : List.of("opened", "updated", "closed")) {
            counter(
                            "surprisal.incidents",
                            "Incidents that were opened, updated or closed",
                            name,
                            activity,
                            counted -> counted.incidents(event))
                    .tag("event", event)
                    .register(registry);
        }
        counter(
                        "surprisal.muted.flags",
                        "Flags that a rule mutes; they are among the flags",
                        name,
                        activity,
                        PipelineActivity::mutedFlags)
                .register(registry);
        Gauge.builder("surprisal.incidents.open", activity, PipelineActivity::incidentsOpen)
                .description("Incidents that are open, of this instance's partitions")
                .tag("pipeline", name)
                .register(registry);
        for (String event : List.of("silent", "resumed")) {
            counter(
                            "surprisal.silences",
                            "Keys that fell silent or came again",
                            name,
                            activity,
                            counted -> counted.silences(event))
                    .tag("event", event)
                    .register(registry);
        }
        Gauge.builder("surprisal.keys.silent", activity, PipelineActivity::keysSilent)
                .description("Keys that are silent, of this instance's partitions")
                .tag("pipeline", name)
                .register(registry);
        Gauge.builder("surprisal.keys.watched", activity, PipelineActivity::keysWatched)
                .description("Keys that have a habit and are watched, of this instance's partitions")
                .tag("pipeline", name)
                .register(registry);
        gauge(
                        "surprisal.mute.rules",
                        "Mute rules that hold",
                        name,
                        streams -> streams.muteRules()
                                .map(rules -> (double) rules.active())
                                .orElse(0.0))
                .register(registry);
        gauge(
                        "surprisal.lag.records",
                        "Records still to be scored, of this instance's partitions",
                        name,
                        Pipelines::lag)
                .register(registry);
        gauge(
                        "surprisal.partitions",
                        "Partitions of the topic that this instance reads",
                        name,
                        streams -> streams.lag().size())
                .register(registry);
        gauge(
                        "surprisal.alarm.rate",
                        "Share of normal records that may be flagged",
                        name,
                        streams -> of(streams, model -> model.judge().level()))
                .register(registry);
        for (KafkaStreams.State state : KafkaStreams.State.values()) {
            gauge(
                            "surprisal.streams.state",
                            "1 for the state of Kafka Streams, 0 for the others",
                            name,
                            streams -> streams.state().equals(state.name()) ? 1 : 0)
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        TimeGauge.builder("surprisal.model.age", this, TimeUnit.SECONDS, meters -> meters.modelAgeSeconds(name))
                .description("Time since the model was trained")
                .tag("pipeline", name)
                .register(registry);
    }

    private static FunctionCounter.Builder<PipelineActivity> counter(
            String meter,
            String description,
            String name,
            PipelineActivity activity,
            ToDoubleFunction<PipelineActivity> value) {
        return FunctionCounter.builder(meter, activity, value)
                .description(description)
                .tag("pipeline", name);
    }

    private Gauge.Builder<Pipelines> gauge(
            String meter, String description, String name, ToDoubleFunction<PipelineStreams> value) {
        return Gauge.builder(meter, pipelines, running -> of(running, name, value))
                .description(description)
                .tag("pipeline", name);
    }

    private double modelAgeSeconds(String name) {
        return of(
                pipelines,
                name,
                streams -> of(
                        streams,
                        model -> Duration.between(model.card().provenance().trainedAt(), clock.instant())
                                .toSeconds()));
    }

    /** NaN while there is no model. */
    private static double of(PipelineStreams streams, ToDoubleFunction<ServedModel> value) {
        return streams.model().map(value::applyAsDouble).orElse(Double.NaN);
    }

    /** NaN while the pipeline is not prepared yet. */
    private static double of(Pipelines running, String name, ToDoubleFunction<PipelineStreams> value) {
        return running.find(name).map(value::applyAsDouble).orElse(Double.NaN);
    }
}
