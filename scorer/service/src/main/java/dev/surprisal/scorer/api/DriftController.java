package dev.surprisal.scorer.api;

import dev.surprisal.schemas.model.ColumnReference;
import dev.surprisal.scorer.drift.DriftMonitor;
import dev.surprisal.scorer.drift.DriftMonitors;
import dev.surprisal.scorer.drift.DriftReport;
import dev.surprisal.scorer.drift.DriftReport.FieldDrift;
import dev.surprisal.scorer.drift.PipelineDrift;
import dev.surprisal.scorer.ops.Instances;
import dev.surprisal.scorer.ops.PipelineInstances;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Whether what comes is still like training. */
@Controller("/api/v1/pipelines/{pipeline}/drift")
@Tag(name = "Drift")
class DriftController {

    private final RequestedPipelines pipelines;
    private final DriftMonitors monitors;
    private final Instances instances;

    DriftController(RequestedPipelines pipelines, DriftMonitors monitors, Instances instances) {
        this.pipelines = pipelines;
        this.monitors = monitors;
        this.instances = instances;
    }

    /**
     * Whether what comes to all instances is still like training.
     *
     * @param state the worst of all: {@code stable}, {@code drifting} or {@code drifted}; {@code off} where nothing is compared
     * @param reason why nothing is compared; absent where it is
     * @param modelVersion whose training data are the reference
     * @param topic where changes are told
     * @param window how many records make a window
     * @param seen how many of the current window have come, to the instance to which the most have
     * @param windows how many all instances have compared with this model
     * @param retrainBecauseOf the fields that have drifted, and {@code scores}; empty while nothing has
     * @param scores of all records
     * @param fields one for each field that is compared
     * @param instances that compare with this model
     */
    @Introspected
    record DriftView(
            String state,
            @Nullable String reason,
            @Nullable String modelVersion,
            String topic,
            int window,
            int seen,
            long windows,
            List<String> retrainBecauseOf,
            ScoresView scores,
            List<FieldView> fields,
            PartView instances) {
        static DriftView of(PipelineDrift drift, String topic, PartView instances) {
            DriftReport report = drift.report();
            return new DriftView(
                    report.off() == null ? report.state().text() : "off",
                    report.off(),
                    report.modelVersion(),
                    topic,
                    report.window(),
                    report.seen(),
                    report.windows(),
                    report.retrainBecauseOf(),
                    new ScoresView(
                            report.scores().state().text(),
                            report.scores().evidence(),
                            drift.instances().get(DriftReport.SCORES)),
                    report.fields().stream()
                            .map(field -> FieldView.of(field, drift.instances().get(field.field())))
                            .toList(),
                    instances);
        }
    }

    /**
     * The p-values of all records.
     *
     * @param state by the evidence
     * @param evidence that they are not those of normal records, 1 for none; it reaches k with a probability of at most 1/k while nothing changes
     * @param instance the other instance that has the most evidence; absent where it is the one that answers
     */
    @Introspected
    record ScoresView(
            String state, double evidence, @Nullable String instance) {}

    /**
     * A field in the last window of each instance. State, index, chance, sentence and quantiles are of the instance to which it is the most unlike training; shares are of all together.
     *
     * @param field its name
     * @param state {@code stable}, {@code drifting} or {@code drifted}
     * @param populationStabilityIndex drifting from 0.1 and drifted from 0.25 on, where chance does not explain it; absent until a window has been compared, as are the figures below
     * @param chance how often chance alone makes a window as unlike training
     * @param sentence what has moved most; empty where nothing has
     * @param missing the share of missing values
     * @param usuallyMissing that in training
     * @param unseen the share of values that training did not know; absent of a number
     * @param usuallyUnseen that in training
     * @param low the 5 % quantile of a number
     * @param median of a number
     * @param high the 95 % quantile of a number
     * @param usualMedian about the median in training
     * @param cells into which values are divided
     * @param instance the other instance to which it is the most unlike training; absent where it is the one that answers
     */
    @Introspected
    record FieldView(
            String field,
            String state,
            @Nullable Double populationStabilityIndex,
            @Nullable Double chance,
            String sentence,
            @Nullable Double missing,
            double usuallyMissing,
            @Nullable Double unseen,
            @Nullable Double usuallyUnseen,
            @Nullable Double low,
            @Nullable Double median,
            @Nullable Double high,
            @Nullable Double usualMedian,
            List<CellView> cells,
            @Nullable String instance) {
        static FieldView of(FieldDrift drift, String instance) {
            boolean number = drift.reference().isNumber();
            double[] usual = shares(drift.reference().counts());
            double[] now = shares(drift.counts());
            boolean compared = !Double.isNaN(drift.index());
            List<CellView> cells = new ArrayList<>();
            for (int cell = 0; cell < usual.length; cell++) {
                cells.add(new CellView(drift.labels().get(cell), usual[cell], compared ? (Double) now[cell] : null));
            }
            return new FieldView(
                    drift.field(),
                    drift.state().text(),
                    known(drift.index()),
                    known(drift.chance()),
                    drift.sentence(),
                    compared ? (Double) now[ColumnReference.MISSING] : null,
                    usual[ColumnReference.MISSING],
                    number || !compared ? null : (Double) now[ColumnReference.UNSEEN],
                    number ? null : (Double) usual[ColumnReference.UNSEEN],
                    known(drift.low()),
                    known(drift.median()),
                    known(drift.high()),
                    known(drift.usualMedian()),
                    cells,
                    instance);
        }

        private static Double known(double value) {
            return Double.isNaN(value) ? null : (Double) value;
        }

        private static double[] shares(long[] counts) {
            double all = Math.max(1, Arrays.stream(counts).sum());
            return Arrays.stream(counts).mapToDouble(count -> count / all).toArray();
        }
    }

    /**
     * Values that are counted together.
     *
     * @param label what to call them
     * @param usual their share in training
     * @param now their share in the last window; absent until one has been compared
     */
    @Introspected
    record CellView(String label, double usual, @Nullable Double now) {}

    /** How unlike training what comes is. */
    @Get
    @Operation(
            summary = "Whether what comes is still like the training data, field by field",
            description =
                    "Of all instances, since they began to score with this model: shares add up, and of each field the state and the figures are those of the instance to which it is the most unlike training. The topic of drift has the changes that each found.")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    DriftView drift(String pipeline) {
        var streams = pipelines.streams(pipeline);
        String name = streams.pipeline().name();
        DriftMonitor monitor = monitors.of(name);
        PipelineInstances all = instances.of(name);
        long now = instances.now();
        PipelineDrift drift = PipelineDrift.of(
                monitor.report(),
                streams.model().map(model -> monitor.untouched(model.card())).orElse(null),
                all.others(now));
        return DriftView.of(
                drift, streams.pipeline().topics().drift(), PartView.of(all.part(drift.contributed(), now)));
    }
}
