package dev.surprisal.scorer.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.surprisal.engine.FieldReason;
import dev.surprisal.scorer.access.Roles;
import dev.surprisal.scorer.stream.Outcome;
import dev.surprisal.scorer.stream.PipelineStreams;
import dev.surprisal.scorer.stream.ScoredRecord;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.security.annotation.Secured;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;

/** Scores records at once, with the engine and the model that score the topic. */
@Controller("/api/v1/pipelines/{pipeline}/score")
@Tag(name = "Scoring")
class ScoreController {

    private static final int MOST = 1_000;

    private final RequestedPipelines pipelines;
    private final BoundedThreads threads;

    ScoreController(RequestedPipelines pipelines, BoundedThreads threads) {
        this.pipelines = pipelines;
        this.threads = threads;
    }

    /**
     * What a model says of a record.
     *
     * @param score the larger, the more improbable; nats
     * @param pValue the share of normal records with at least this score
     * @param surprise -log2 of it, bits
     * @param anomaly whether it would be flagged
     * @param elbo evidence lower bound, nats
     * @param logLikelihood importance-weighted bound, nats
     * @param reconstructionLogProbability reconstruction probability, nats
     * @param reasons of an anomaly, the most surprising field first
     */
    @Introspected
    record ScoreView(
            double score,
            double pValue,
            double surprise,
            boolean anomaly,
            float elbo,
            float logLikelihood,
            float reconstructionLogProbability,
            List<FieldReason> reasons) {}

    /**
     * Why a record has no score.
     *
     * @param step at which it could not go on: {@code parse}, {@code encode} or {@code score}
     * @param reason in one sentence
     */
    @Introspected
    record RefusalView(String step, String reason) {}

    /**
     * What became of one record: one of the two.
     *
     * @param score of the record
     * @param refusal why it has none
     */
    @Introspected
    record ResultView(ScoreView score, RefusalView refusal) {
        static ResultView of(ScoredRecord scored) {
            if (scored.outcome() instanceof Outcome.Scored some) {
                var verdict = some.verdict();
                return new ResultView(
                        new ScoreView(
                                verdict.score(),
                                verdict.pValue(),
                                verdict.surprise(),
                                verdict.anomaly(),
                                verdict.elbo(),
                                verdict.logLikelihood(),
                                verdict.reconstructionLogProbability(),
                                verdict.reasons()),
                        null);
            }
            Outcome.Refused refused = (Outcome.Refused) scored.outcome();
            return new ResultView(
                    null, new RefusalView(refused.step().name().toLowerCase(Locale.ROOT), refused.reason()));
        }
    }

    /**
     * What became of the records.
     *
     * @param model its name
     * @param modelVersion its version
     * @param results one a record, in their order
     */
    @Introspected
    record Results(String model, String modelVersion, List<ResultView> results) {}

    /** Scores one record or many. */
    @Post
    @Consumes(MediaType.APPLICATION_JSON)
    @Secured(Roles.READ)
    @Operation(
            summary = "Scores a record, or an array of up to 1,000",
            description =
                    "With the engine and the model that score the topic: the same bits. Nothing is written to a topic. A body has at most 1 MiB. A record that cannot be scored has a refusal in its place.")
    @RequestBody(
            required = true,
            description = "A record, as on the topic, or an array of records",
            content = @Content(mediaType = "application/json", schema = @Schema(type = "object")))
    @ApiResponse(responseCode = "200", description = "What became of each record")
    @ApiResponse(responseCode = "400", description = "The body is empty or an array that is not JSON")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    @ApiResponse(responseCode = "413", description = "The body is larger than 1 MiB")
    @ApiResponse(responseCode = "415", description = "The body is not application/json")
    @ApiResponse(responseCode = "422", description = "The body is one record, and it cannot be scored")
    @ApiResponse(responseCode = "503", description = "Too many requests wait, or no model is loaded")
    CompletionStage<Results> score(String pipeline, @Body byte[] body) {
        PipelineStreams streams = pipelines.streams(pipeline);
        if (body == null || body.length == 0) {
            throw ProblemException.badRequest("The body is empty; send a record, or an array of records, as JSON.");
        }
        return threads.score(() -> answer(streams, body));
    }

    private static Results answer(PipelineStreams streams, byte[] body) {
        boolean many = JsonSlices.isArray(body);
        List<byte[]> records = many ? slices(body) : List.of(body);
        List<ScoredRecord> scored = streams.score(records);
        List<ResultView> results = scored.stream().map(ResultView::of).toList();
        if (!many && results.get(0).refusal() != null) {
            RefusalView refusal = results.get(0).refusal();
            throw new ProblemException(
                    HttpStatus.UNPROCESSABLE_ENTITY,
                    "The record cannot be scored (" + refusal.step() + "): " + refusal.reason());
        }
        var card = scored.isEmpty() ? streams.card() : scored.get(0).model().card();
        return new Results(card.name(), card.version(), results);
    }

    private static List<byte[]> slices(byte[] body) {
        try {
            return JsonSlices.of(body, MOST);
        } catch (JsonProcessingException e) {
            throw ProblemException.badRequest("The body is not JSON: "
                    + e.getOriginalMessage().lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw ProblemException.badRequest("The body cannot be used: " + e.getMessage());
        }
    }
}
