package dev.surprisal.scorer.feedback;

import dev.surprisal.schemas.event.Label.Verdict;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;

/** How many records have been labelled as what, and how many events on the topics of labels are none. */
@Singleton
final class LabelMeters implements MeterBinder {

    private final Labels labels;

    LabelMeters(Labels labels) {
        this.labels = labels;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        labels.all().forEach((pipeline, log) -> {
            for (Verdict verdict : Verdict.values()) {
                Gauge.builder("surprisal.labels", log.state(), state -> state.count(verdict))
                        .description("Records by the last label that they were given, of the latest 10,000")
                        .tag("pipeline", pipeline)
                        .tag("verdict", verdict.text())
                        .register(registry);
            }
            FunctionCounter.builder("surprisal.labels.refused", log.state(), LabelState::refused)
                    .description("Events on the topic of labels that are no labels")
                    .tag("pipeline", pipeline)
                    .register(registry);
        });
    }
}
