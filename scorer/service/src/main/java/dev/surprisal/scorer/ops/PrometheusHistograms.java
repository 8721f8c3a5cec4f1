package dev.surprisal.scorer.ops;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.function.Function;

/**
 * What Micrometer has no meter for: histograms that were filled a batch at a time, and the models in use.
 *
 * <p>Micrometer's own take one value a call, at a price that a stream notices.
 */
@Singleton
final class PrometheusHistograms implements MultiCollector, BeanCreatedEventListener<PrometheusMeterRegistry> {

    private static final double NANOS = 1e9;

    private final Activities activities;
    private final Pipelines pipelines;

    PrometheusHistograms(Activities activities, Pipelines pipelines) {
        this.activities = activities;
        this.pipelines = pipelines;
    }

    @Override
    public PrometheusMeterRegistry onCreated(BeanCreatedEvent<PrometheusMeterRegistry> event) {
        event.getBean().getPrometheusRegistry().register(this);
        return event.getBean();
    }

    @Override
    public MetricSnapshots collect() {
        return new MetricSnapshots(List.of(
                histogram("surprisal_p_value", "P-values of records", PipelineActivity::pValues),
                histogram(
                        "surprisal_record_age_seconds",
                        "Time from a record's timestamp to its verdict",
                        PipelineActivity::ageSeconds),
                histogram(
                        "surprisal_append_age_seconds",
                        "Time from a record's arrival at Kafka to its verdict, of topics with message.timestamp.type=LogAppendTime",
                        PipelineActivity::appendAgeSeconds),
                histogram("surprisal_batch_records", "Records in a polled batch", PipelineActivity::batchRecords),
                histogram(
                        "surprisal_batch_scoring_seconds",
                        "Time that scoring a polled batch took, from bytes to verdicts",
                        PipelineActivity::batchSeconds),
                scores(),
                inference(),
                models()));
    }

    private MetricSnapshot histogram(
            String name, String help, Function<PipelineActivity, Histogram.Snapshot> histogram) {
        HistogramSnapshot.Builder all = HistogramSnapshot.builder().name(name).help(help);
        activities.all().forEach((pipeline, activity) -> {
            Histogram.Snapshot snapshot = histogram.apply(activity);
            ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
            for (int i = 0; i < snapshot.counts().length; i++) {
                buckets.bucket(snapshot.bounds()[i], snapshot.counts()[i]);
            }
            all.dataPoint(HistogramDataPointSnapshot.builder()
                    .labels(Labels.of("pipeline", pipeline))
                    .classicHistogramBuckets(buckets.build())
                    .sum(snapshot.sum())
                    .build());
        });
        return all.build();
    }

    private MetricSnapshot scores() {
        SummarySnapshot.Builder all =
                SummarySnapshot.builder().name("surprisal_score_nats").help("Scores, the larger the more improbable");
        activities.all().forEach((pipeline, activity) -> {
            Histogram.Snapshot snapshot = activity.scoreNats();
            all.dataPoint(SummaryDataPointSnapshot.builder()
                    .labels(Labels.of("pipeline", pipeline))
                    .count(snapshot.count())
                    .sum(snapshot.sum())
                    .build());
        });
        return all.build();
    }

    /** Starts anew with each model, as counters do with each process. */
    private MetricSnapshot inference() {
        SummarySnapshot.Builder all = SummarySnapshot.builder()
                .name("surprisal_inference_seconds")
                .help("Calls of ONNX Runtime by the model in use, and the time that they took");
        pipelines
                .all()
                .forEach(pipeline -> pipeline.model()
                        .ifPresent(model -> all.dataPoint(SummaryDataPointSnapshot.builder()
                                .labels(Labels.of(
                                        "pipeline", pipeline.pipeline().name()))
                                .count(model.inference().calls())
                                .sum(model.inference().nanos() / NANOS)
                                .build())));
        return all.build();
    }

    /** Only of the models in use: there are as many as pipelines. */
    private MetricSnapshot models() {
        InfoSnapshot.Builder all =
                InfoSnapshot.builder().name("surprisal_model").help("The model in use");
        pipelines
                .all()
                .forEach(pipeline -> pipeline.model()
                        .ifPresent(model -> all.dataPoint(InfoDataPointSnapshot.builder()
                                .labels(Labels.of(
                                        "pipeline",
                                        pipeline.pipeline().name(),
                                        "model",
                                        model.card().name(),
                                        "version",
                                        model.card().version()))
                                .build())));
        return all.build();
    }
}
