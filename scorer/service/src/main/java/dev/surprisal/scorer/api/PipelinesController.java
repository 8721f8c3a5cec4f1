package dev.surprisal.scorer.api;

import dev.surprisal.scorer.ops.ActivityHistory;
import dev.surprisal.scorer.ops.Instances;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;

/** What the pipelines are and do. */
@Controller("/api/v1")
@Tag(name = "Pipelines")
class PipelinesController {

    private final RequestedPipelines pipelines;
    private final ActivityHistory history;
    private final Instances instances;

    PipelinesController(RequestedPipelines pipelines, ActivityHistory history, Instances instances) {
        this.pipelines = pipelines;
        this.history = history;
        this.instances = instances;
    }

    /**
     * What all instances of a pipeline did of late.
     *
     * @param samples one a second, the oldest first
     * @param distribution of the scores of the last two minutes; absent until there are any
     * @param instances that have a part in the last sample
     */
    @Introspected
    record ActivityView(List<ActivityHistory.Sample> samples, DistributionView distribution, PartView instances) {}

    /**
     * Scores of the last minutes beside those of normal records.
     *
     * @param modelVersion of the model that gave them
     * @param bounds upper bounds of bins, nats, ascending; a last bin without bound follows
     * @param reference the share of normal records in each bin, by the model's calibration
     * @param counts of scores in each bin
     * @param alarm the least score that is flagged, nats; absent where none is
     * @param seconds over which they were counted
     * @param instances that counted: those that score with this model, and flag at the same rate
     */
    @Introspected
    record DistributionView(
            String modelVersion,
            double[] bounds,
            double[] reference,
            long[] counts,
            Double alarm,
            int seconds,
            PartView instances) {
        static DistributionView of(ActivityHistory.Distribution of) {
            double alarm = of.reference().alarm();
            return new DistributionView(
                    of.modelVersion(),
                    of.reference().bounds(),
                    of.reference().shares(),
                    of.counts(),
                    Double.isNaN(alarm) ? null : (Double) alarm,
                    of.seconds(),
                    PartView.of(of.part()));
        }
    }

    /** All pipelines. */
    @Get("/pipelines")
    @Operation(summary = "All pipelines of this instance, with their state, instances and counts")
    List<PipelineView> all() {
        return pipelines.all().stream().map(pipelines::view).toList();
    }

    /** One pipeline. */
    @Get("/pipelines/{pipeline}")
    @Operation(summary = "One pipeline, with its state, instances and counts")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    PipelineView one(String pipeline) {
        return pipelines.view(pipelines.streams(pipeline));
    }

    /** What it did of late. */
    @Get("/pipelines/{pipeline}/activity")
    @Operation(
            summary = "Throughput, lag, latency and scores of the last minutes, of all instances",
            description = "From when on the instance that answers has run.")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    ActivityView activity(String pipeline, @QueryValue(defaultValue = "0") long after) {
        String name = pipelines.streams(pipeline).pipeline().name();
        return view(history, instances, name, after);
    }

    static ActivityView view(ActivityHistory history, Instances instances, String name, long after) {
        ActivityHistory.Distribution distribution = history.distribution(name);
        return new ActivityView(
                history.samples(name, after),
                distribution == null ? null : DistributionView.of(distribution),
                PartView.of(instances.of(name).part(instances.now())));
    }

    /** The models in use. */
    @Get("/models")
    @Operation(summary = "The cards of the models that score, one a pipeline")
    List<ModelView> models() {
        return pipelines.all().stream()
                .flatMap(streams -> streams.model().stream()
                        .map(model -> ModelView.of(streams.pipeline().name(), model.card())))
                .toList();
    }

    /** The model that scores a pipeline's records. */
    @Get("/pipelines/{pipeline}/model")
    @Operation(summary = "The card of the model that scores a pipeline's records")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline, or it has no model yet")
    ModelView model(String pipeline) {
        return pipelines
                .streams(pipeline)
                .model()
                .map(model -> ModelView.of(pipeline, model.card()))
                .orElseThrow(() -> ProblemException.notFound("The pipeline '" + pipeline + "' has no model yet."));
    }
}
