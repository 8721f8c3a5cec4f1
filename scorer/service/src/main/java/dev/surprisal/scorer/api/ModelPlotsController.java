package dev.surprisal.scorer.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.surprisal.schemas.model.FitCourse;
import dev.surprisal.schemas.model.LatentProjection;
import dev.surprisal.scorer.ops.Flag;
import dev.surprisal.scorer.ops.OutputTail;
import dev.surprisal.scorer.ops.RecentLog.Entry;
import dev.surprisal.scorer.stream.LocatedRecords;
import dev.surprisal.scorer.stream.PipelineStreams;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What there is to draw of the model that scores. */
@Controller("/api/v1/pipelines/{pipeline}")
@Tag(name = "Pipelines")
class ModelPlotsController {

    private static final int MOST_FLAGS = 500;

    private final RequestedPipelines pipelines;
    private final BoundedThreads threads;

    ModelPlotsController(RequestedPipelines pipelines, BoundedThreads threads) {
        this.pipelines = pipelines;
        this.threads = threads;
    }

    /**
     * How a fit went.
     *
     * @param fitted pairs of a step and the bound of the records that it is fitted to, nats per record, smoothed
     * @param heldOut pairs of a step and the bound of held-out records; empty where none are new
     */
    @Introspected
    record FitView(double[][] fitted, double[][] heldOut) {
        static FitView of(FitCourse course) {
            return new FitView(course.fitted(), course.heldOut());
        }
    }

    /**
     * How the training of a model went.
     *
     * @param modelVersion of the model
     * @param fits one for each of its autoencoders; empty where the model does not say
     */
    @Introspected
    record TrainingCurve(String modelVersion, List<FitView> fits) {}

    /**
     * A flag on the latent map.
     *
     * @param id of the flagged record, PARTITION-OFFSET
     * @param key of the record; absent if it has none
     * @param surprise in bits, as it was flagged
     * @param x along the first axis
     * @param y along the second axis
     */
    @Introspected
    record LocatedFlag(String id, String key, double surprise, double x, double y) {}

    /**
     * The latent map of a model.
     *
     * @param modelVersion of the model
     * @param explained the share of the variance of held-out records that its two axes hold; absent where the model brings no map, as one of an earlier version
     * @param normal where held-out records lie, pairs of coordinates
     * @param flags where flagged records lie by this model, the latest first; without those that it cannot score, or whose event goes without the record
     */
    @Introspected
    record LatentMapView(String modelVersion, @Nullable Double explained, double[][] normal, List<LocatedFlag> flags) {}

    /** How its training went. */
    @Get("/model/training-curve")
    @Operation(summary = "The bound over the steps of the training of the model that scores")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline, or it has no model yet")
    TrainingCurve trainingCurve(String pipeline) {
        return pipelines
                .streams(pipeline)
                .model()
                .map(model -> new TrainingCurve(
                        model.card().version(),
                        model.plots().fits().stream().map(FitView::of).toList()))
                .orElseThrow(() -> ProblemException.notFound("The pipeline '" + pipeline + "' has no model yet."));
    }

    /** Where flags lie among normal records. */
    @Get("/model/latent-map")
    @Operation(
            summary = "Where held-out and flagged records lie in the model's latent space, in two dimensions",
            description =
                    "Posterior means along the first two principal components of those of held-out records. Flags are located when they are asked for, by the model that scores now: with `flag` that one alone, otherwise the latest `limit`.")
    @ApiResponse(responseCode = "400", description = "A parameter has a wrong type or is out of range")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline or flag, or it has no model yet")
    @ApiResponse(responseCode = "503", description = "Too many ask")
    CompletionStage<LatentMapView> latentMap(
            String pipeline, @Nullable @QueryValue String flag, @QueryValue(defaultValue = "200") int limit) {
        if (limit < 0 || limit > MOST_FLAGS) {
            throw ProblemException.badRequest("limit must lie between 0 and " + MOST_FLAGS + ", not " + limit);
        }
        PipelineStreams streams = pipelines.streams(pipeline);
        OutputTail tail = pipelines.tail(pipeline);
        return threads.lookUp(() -> map(streams, flag == null ? latest(tail, limit) : List.of(find(tail, flag))));
    }

    private static List<Flag> latest(OutputTail tail, int limit) {
        return tail.flags().latestFirst().stream()
                .limit(limit)
                .map(Entry::value)
                .toList();
    }

    private static Flag find(OutputTail tail, String id) {
        return tail.flags().latestFirst().stream()
                .map(Entry::value)
                .filter(flag -> flag.id().equals(id))
                .findFirst()
                .orElseThrow(() -> ProblemException.notFound(
                        "There is no flag '" + id + "' among the latest 10,000; ids look like PARTITION-OFFSET."));
    }

    private static LatentMapView map(PipelineStreams streams, List<Flag> flags) {
        List<Flag> located = new ArrayList<>();
        List<byte[]> records = new ArrayList<>();
        for (Flag flag : flags) {
            JsonNode record = flag.json().get("record");
            if (record != null && !record.isNull()) {
                located.add(flag);
                records.add(record.toString().getBytes(StandardCharsets.UTF_8));
            }
        }
        Optional<LocatedRecords> found = streams.locate(records);
        if (found.isEmpty()) {
            return streams.model()
                    .map(model -> new LatentMapView(model.card().version(), null, new double[0][], List.of()))
                    .orElseThrow(() -> ProblemException.notFound(
                            "The pipeline '" + streams.pipeline().name() + "' has no model yet."));
        }
        LocatedRecords where = found.get();
        List<LocatedFlag> points = new ArrayList<>();
        for (int i = 0; i < located.size(); i++) {
            double[] point = where.points().get(i);
            if (point != null) {
                Flag flag = located.get(i);
                points.add(new LocatedFlag(flag.id(), flag.key(), flag.surprise(), point[0], point[1]));
            }
        }
        LatentProjection map = where.model().plots().latent();
        return new LatentMapView(where.model().card().version(), map.explained(), map.normal(), points);
    }
}
