package dev.surprisal.scorer.api;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.model.Deployment;
import dev.surprisal.scorer.model.ModelRegistry;
import dev.surprisal.scorer.model.ModelSwitch;
import dev.surprisal.scorer.model.PublishedModel;
import dev.surprisal.scorer.model.ServedModel;
import dev.surprisal.scorer.ops.Activities;
import dev.surprisal.scorer.ops.Instances;
import dev.surprisal.scorer.ops.PipelineInstances;
import dev.surprisal.scorer.ops.ShadowComparison;
import dev.surprisal.scorer.stream.PipelineStreams;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Which models score, scored, and may come to score. */
@Controller("/api/v1/pipelines/{pipeline}/model")
@Tag(name = "Pipelines")
class ModelHistoryController {

    private final RequestedPipelines pipelines;
    private final Activities activities;
    private final Instances instances;
    private final BoundedThreads threads;
    private final Clock clock;

    ModelHistoryController(
            RequestedPipelines pipelines,
            Activities activities,
            Instances instances,
            BoundedThreads threads,
            Clock clock) {
        this.pipelines = pipelines;
        this.activities = activities;
        this.instances = instances;
        this.threads = threads;
        this.clock = clock;
    }

    /**
     * A published model.
     *
     * @param version in its card
     * @param sha256 of the file, hexadecimal
     * @param bytes the file's size
     * @param published when
     */
    @Introspected
    record Published(String version, String sha256, long bytes, Instant published) {
        static Published of(PublishedModel model) {
            return model == null
                    ? null
                    : new Published(model.version(), model.sha256(), model.bytes(), model.published());
        }
    }

    /**
     * The versions of a pipeline's model.
     *
     * @param source a file, or {@code topic:NAME}
     * @param changeable whether they can be promoted and rolled back here: whether they come by the topic of models
     * @param serving scores and flags; absent where the model comes from a file, or there is none
     * @param shadow scores beside it; absent for none
     * @param previous what can be rolled back to, the last first
     */
    @Introspected
    record History(
            String source,
            boolean changeable,
            @Nullable Published serving,
            @Nullable Published shadow,
            List<Published> previous) {}

    /**
     * How the shadow's scores go with those of the model, on the records that both scored since they score side by side.
     *
     * @param modelVersion that scores
     * @param since when the comparison began
     * @param records that both gave a score
     * @param refusedByModel records to which only the shadow gave one
     * @param refusedByShadow records to which only the model gave one
     * @param flaggedByModel records whose score reaches the model's alarm line
     * @param flaggedByShadow records whose score reaches the shadow's
     * @param flaggedByBoth records whose score reaches both
     * @param agreement the share of records that both or neither would flag; absent where there are none
     * @param meanSurprise by the model, bits
     * @param shadowMeanSurprise by the shadow, bits
     * @param correlation of their surprises, in [-1, 1]; absent where one of them does not vary
     * @param bins how many records have a surprise of so many whole bits by the model (first index) and by the shadow; the last, of 16, holds all beyond
     * @param instances that compare these two models
     */
    @Introspected
    record Comparison(
            String modelVersion,
            Instant since,
            long records,
            long refusedByModel,
            long refusedByShadow,
            long flaggedByModel,
            long flaggedByShadow,
            long flaggedByBoth,
            @Nullable Double agreement,
            @Nullable Double meanSurprise,
            @Nullable Double shadowMeanSurprise,
            @Nullable Double correlation,
            long[][] bins,
            PartView instances) {
        static Comparison of(PipelineInstances.Compared compared) {
            if (compared == null) {
                return null;
            }
            ShadowComparison.Snapshot of = compared.of();
            long differ = of.flaggedByModel() + of.flaggedByShadow() - 2 * of.flaggedByBoth();
            return new Comparison(
                    of.modelVersion(),
                    of.since(),
                    of.records(),
                    of.refusedByModel(),
                    of.refusedByShadow(),
                    of.flaggedByModel(),
                    of.flaggedByShadow(),
                    of.flaggedByBoth(),
                    finite(1 - (double) differ / of.records()),
                    finite(of.meanSurprise()),
                    finite(of.shadowMeanSurprise()),
                    finite(of.correlation()),
                    of.bins(),
                    PartView.of(compared.part()));
        }

        private static Double finite(double value) {
            return Double.isFinite(value) ? (Double) value : null;
        }
    }

    /**
     * The shadow.
     *
     * @param model its card; absent where there is no shadow
     * @param comparison with the model that scores; absent until both have scored records
     */
    @Introspected
    record Shadow(@Nullable ModelView model, @Nullable Comparison comparison) {}

    /** The shadow, beside the model. */
    @Get("/shadow")
    @Operation(
            summary = "The shadow's card, and how its scores go with those of the model",
            description =
                    "On the same records, of all instances, since they score side by side. A flag here is a score that reaches the alarm line; rules that look back may flag fewer.")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    Shadow shadow(String pipeline) {
        PipelineStreams streams = pipelines.streams(pipeline);
        ModelSwitch.Serving serving = streams.models().serving();
        ServedModel shadow = serving.shadow();
        if (shadow == null) {
            return new Shadow(null, null);
        }
        String name = streams.pipeline().name();
        return new Shadow(
                ModelView.of(pipeline, shadow.card()),
                Comparison.of(instances
                        .of(name)
                        .comparison(serving, activities.of(name).comparison(serving), instances.now())));
    }

    /** Its versions. */
    @Get("/history")
    @Operation(summary = "The versions of a pipeline's model that score, scored, and can be gone back to")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    @ApiResponse(responseCode = "503", description = "The topic of models cannot be read now, or too many ask")
    CompletionStage<History> history(String pipeline) {
        PipelineStreams streams = pipelines.streams(pipeline);
        var source = streams.pipeline().model();
        return threads.lookUp(() -> {
            if (source.published() == null) {
                return new History(source.toString(), false, null, null, List.of());
            }
            Deployment deployment = deployments(streams).get(source.published());
            return deployment == null
                    ? new History(source.toString(), true, null, null, List.of())
                    : new History(
                            source.toString(),
                            true,
                            Published.of(deployment.serving()),
                            Published.of(deployment.shadow()),
                            deployment.previous().stream().map(Published::of).toList());
        });
    }

    private Map<String, Deployment> deployments(PipelineStreams streams) {
        try {
            return new ModelRegistry(streams.pipeline().kafka(), clock).deployments();
        } catch (SurprisalException e) {
            throw ProblemException.busy(e.getMessage());
        }
    }
}
