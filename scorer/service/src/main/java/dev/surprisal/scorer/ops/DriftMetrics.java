package dev.surprisal.scorer.ops;

import dev.surprisal.scorer.drift.DriftMonitors;
import dev.surprisal.scorer.drift.DriftReport;
import dev.surprisal.scorer.drift.DriftReport.FieldDrift;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import jakarta.inject.Singleton;
import java.util.List;

/** Drift as metrics. Labels are the pipeline and the fields of its model, of which there are as many as the record spec names; they change with the model, which Micrometer's meters do not. */
@Singleton
final class DriftMetrics implements MultiCollector, BeanCreatedEventListener<PrometheusMeterRegistry> {

    private final DriftMonitors monitors;

    DriftMetrics(DriftMonitors monitors) {
        this.monitors = monitors;
    }

    @Override
    public PrometheusMeterRegistry onCreated(BeanCreatedEvent<PrometheusMeterRegistry> event) {
        event.getBean().getPrometheusRegistry().register(this);
        return event.getBean();
    }

    @Override
    public MetricSnapshots collect() {
        GaugeSnapshot.Builder states = GaugeSnapshot.builder()
                .name("surprisal_drift_state")
                .help("How far a field, or the scores, have moved away from training: 0 stable, 1 drifting, 2 drifted");
        GaugeSnapshot.Builder indices = GaugeSnapshot.builder()
                .name("surprisal_drift_stability_index")
                .help("Population stability index of a field in the last window that was compared with training");
        GaugeSnapshot.Builder evidence = GaugeSnapshot.builder()
                .name("surprisal_drift_score_evidence")
                .help("Evidence that p-values are not those of normal records; 1 is none");
        monitors.all().forEach((pipeline, monitor) -> {
            DriftReport report = monitor.report();
            if (report.off() != null) {
                return;
            }
            for (FieldDrift field : report.fields()) {
                Labels labels = Labels.of("pipeline", pipeline, "field", field.field());
                states.dataPoint(point(labels, field.state().level()));
                if (!Double.isNaN(field.index())) {
                    indices.dataPoint(point(labels, field.index()));
                }
            }
            states.dataPoint(point(
                    Labels.of("pipeline", pipeline, "field", "(" + DriftReport.SCORES + ")"),
                    report.scores().state().level()));
            evidence.dataPoint(
                    point(Labels.of("pipeline", pipeline), report.scores().evidence()));
        });
        return new MetricSnapshots(List.of(states.build(), indices.build(), evidence.build()));
    }

    private static GaugeDataPointSnapshot point(Labels labels, double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }
}
