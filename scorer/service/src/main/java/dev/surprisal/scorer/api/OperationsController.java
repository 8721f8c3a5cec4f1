package dev.surprisal.scorer.api;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.scorer.access.Roles;
import dev.surprisal.scorer.model.Deployment;
import dev.surprisal.scorer.model.ModelRegistry;
import dev.surprisal.scorer.model.PublishedModel;
import dev.surprisal.scorer.stream.PipelineStreams;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.security.annotation.Secured;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** What can be changed while a pipeline runs. Bodies are JSON, which pages of other origins cannot send unasked. */
@Controller("/api/v1/pipelines/{pipeline}")
@Tag(name = "Operations")
class OperationsController {

    private final RequestedPipelines pipelines;
    private final BoundedThreads threads;
    private final Clock clock;

    OperationsController(RequestedPipelines pipelines, BoundedThreads threads, Clock clock) {
        this.pipelines = pipelines;
        this.threads = threads;
        this.clock = clock;
    }

    /**
     * How to flag from now on.
     *
     * @param alarmRate such as {@code 1/1000} or {@code 35.5 nats}; absent for the model's own
     */
    @Introspected
    record AlarmRateView(@Nullable String alarmRate) {}

    /**
     * What is to become of the shadow.
     *
     * @param discard whether to drop it instead
     */
    @Introspected
    record PromotionView(@Nullable Boolean discard) {}

    /**
     * Which earlier model is to score again.
     *
     * @param version absent for the last one before
     */
    @Introspected
    record RollbackView(@Nullable String version) {}

    /**
     * The versions of a published model.
     *
     * @param serving scores and flags
     * @param shadow scores beside it; absent for none
     * @param previous what can be rolled back to, the last first
     */
    @Introspected
    record DeploymentView(
            @Nullable String serving, @Nullable String shadow, List<String> previous) {
        static DeploymentView of(Deployment deployment) {
            return new DeploymentView(
                    version(deployment.serving()),
                    version(deployment.shadow()),
                    deployment.previous().stream().map(PublishedModel::version).toList());
        }

        private static String version(PublishedModel model) {
            return model == null ? null : model.version();
        }
    }

    /** Flags by another rule from the next poll on. */
    @Put("/alarm-rate")
    @Operation(
            summary = "Flags by another alarm rate",
            description =
                    "From the next poll on, in this instance, until it is started again. What configures it is not changed.")
    @ApiResponse(responseCode = "200", description = "The pipeline as it is now")
    @ApiResponse(responseCode = "400", description = "It is no alarm rate")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    @ApiResponse(
            responseCode = "409",
            description = "It needs to remember records, and the pipeline was started without a memory")
    PipelineView flagBy(String pipeline, @Body AlarmRateView wanted) {
        PipelineStreams streams = pipelines.streams(pipeline);
        AlarmRule rule = wanted.alarmRate() == null ? null : parse(wanted.alarmRate());
        orConflict(() -> {
            streams.flagBy(rule);
            return null;
        });
        return pipelines.view(streams);
    }

    private static AlarmRule parse(String text) {
        try {
            return AlarmRule.parse(text);
        } catch (SurprisalException e) {
            throw ProblemException.badRequest(e.getMessage());
        }
    }

    /** Lets the shadow score, in all instances that follow the topic of models. */
    @Post("/model/promote")
    @Secured(Roles.ADMIN)
    @Operation(summary = "Lets the shadow of a published model score")
    @ApiResponse(responseCode = "200", description = "What is deployed now; scorers take it up within a second")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    @ApiResponse(responseCode = "409", description = "There is no shadow, or the model comes from a file")
    @ApiResponse(responseCode = "503", description = "Too many ask")
    CompletionStage<DeploymentView> promote(String pipeline, @Body PromotionView how) {
        return change(
                pipeline, Boolean.TRUE.equals(how.discard()) ? ModelRegistry::dropShadow : ModelRegistry::promote);
    }

    /** Lets an earlier model score again, in all instances that follow the topic of models. */
    @Post("/model/rollback")
    @Secured(Roles.ADMIN)
    @Operation(summary = "Lets an earlier published model score again")
    @ApiResponse(responseCode = "200", description = "What is deployed now; scorers take it up within a second")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    @ApiResponse(responseCode = "409", description = "There is no such earlier model, or the model comes from a file")
    @ApiResponse(responseCode = "503", description = "Too many ask")
    CompletionStage<DeploymentView> rollback(String pipeline, @Body RollbackView to) {
        return change(pipeline, (registry, name) -> registry.rollback(name, to.version()));
    }

    private CompletionStage<DeploymentView> change(
            String pipeline, BiFunction<ModelRegistry, String, Deployment> change) {
        PipelineStreams streams = pipelines.streams(pipeline);
        String published = streams.pipeline().model().published();
        if (published == null) {
            throw new ProblemException(
                    HttpStatus.CONFLICT,
                    "The model of '" + pipeline
                            + "' comes from a file: replace the file, or start it with topic:NAME.");
        }
        ModelRegistry registry = new ModelRegistry(streams.pipeline().kafka(), clock);
        return threads.lookUp(() -> DeploymentView.of(orConflict(() -> change.apply(registry, published))));
    }

    private static <T> T orConflict(Supplier<T> deed) {
        try {
            return deed.get();
        } catch (SurprisalException e) {
            throw new ProblemException(HttpStatus.CONFLICT, e.getMessage());
        }
    }
}
