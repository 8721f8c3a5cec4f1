package dev.surprisal.scorer.api;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.replay.Replay;
import dev.surprisal.scorer.replay.ReplayJob;
import dev.surprisal.scorer.replay.ReplayRequest;
import dev.surprisal.scorer.replay.Replays;
import dev.surprisal.scorer.stream.Pipeline;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Records sent through again: dead letters, or a range of what the pipeline reads. */
@Controller("/api/v1/pipelines/{pipeline}/replays")
@Tag(name = "Replays")
class ReplaysController {

    private static final String KEYS = "from, to, since, until, offsets, step, reason, limit and dry_run";
    private static final String EXAMPLE = "{\"step\": \"encode\", \"dry_run\": true}";
    /** As long as a reason or ranges can be. */
    private static final int MOST_CHARACTERS = 10_000;

    private final RequestedPipelines pipelines;
    private final Replays replays;

    ReplaysController(RequestedPipelines pipelines, Replays replays) {
        this.pipelines = pipelines;
        this.replays = replays;
    }

    /**
     * Which records to send again: those that match all that is given.
     *
     * @param from their topic: that of the pipeline's dead letters, which it is where this is absent, or one that the pipeline reads
     * @param to the topic to send to, one that the pipeline reads; absent for the one that each dead letter came from
     * @param since the earliest timestamp, milliseconds since 1970-01-01T00:00Z
     * @param until records from the first one of this timestamp on are left out
     * @param offsets of {@code from}, both ends included, by partition: {@code 0:100-199,1:50-}
     * @param step only dead letters of this step: {@code parse}, {@code encode} or {@code score}
     * @param reason only dead letters with exactly this reason
     * @param limit at most so many
     * @param dryRun whether to tell only what would be sent
     */
    @Introspected
    record NewReplay(
            @Nullable String from,
            @Nullable String to,
            @Nullable Long since,
            @Nullable Long until,
            @Nullable String offsets,
            @Nullable String step,
            @Nullable String reason,
            @Nullable Long limit,
            @Nullable Boolean dryRun) {}

    /**
     * A replay.
     *
     * @param id of it
     * @param state {@code running}, {@code done}, {@code cancelled} or {@code failed}
     * @param dryRun whether it tells only what would be sent
     * @param from the topic that it reads
     * @param to the topic that it sends to; absent where dead letters go to where they came from
     * @param step of the dead letters; absent for all
     * @param reason of the dead letters; absent for all
     * @param started when
     * @param ended when; absent while it runs
     * @param read how many offsets of the range have been looked at
     * @param range how many offsets the range has; 0 before it is known
     * @param sent how many records were sent, or would be
     * @param sentTo the same, by topic and, of dead letters, step
     * @param leftOut how many records of the range were not, by why
     * @param rest which offsets have not been looked at, as a new replay takes them; absent for none
     * @param failure why it failed, in one sentence; absent if it did not
     */
    @Introspected
    record ReplayView(
            String id,
            String state,
            boolean dryRun,
            String from,
            @Nullable String to,
            @Nullable String step,
            @Nullable String reason,
            Instant started,
            @Nullable Instant ended,
            long read,
            long range,
            long sent,
            Map<String, Long> sentTo,
            Map<String, Long> leftOut,
            @Nullable String rest,
            @Nullable String failure) {
        static ReplayView of(ReplayJob job) {
            // In this order: what has ended says how.
            ReplayJob.State state = job.state();
            Replay.Progress progress = job.progress();
            ReplayRequest request = job.request();
            return new ReplayView(
                    job.id(),
                    state.name().toLowerCase(Locale.ROOT),
                    job.isDry(),
                    request.from(),
                    request.to(),
                    request.step(),
                    request.reason(),
                    job.started(),
                    job.ended(),
                    progress.read(),
                    progress.range(),
                    progress.summary().sent().values().stream()
                            .mapToLong(Long::longValue)
                            .sum(),
                    progress.summary().sent(),
                    progress.summary().left(),
                    progress.rest().isEmpty() ? null : progress.rest(),
                    job.failure());
        }
    }

    /** Sets one going. */
    @Post
    @Operation(
            summary = "Sends dead letters, or records of a topic that the pipeline reads, through again",
            description =
                    "The same as the command `replay`, in this instance, which alone knows of it. The range ends where the topic ends now. A dead letter goes to the topic and partition that it came from, without what was said of it; one from a topic that the pipeline does not read is left out. What was sent again before is sent once more. One runs at a time a pipeline; the scorer needs the rights of the replayer. A key that is not known is refused.")
    @RequestBody(
            required = true,
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = NewReplay.class)))
    @ApiResponse(responseCode = "202", description = "It runs; `Location` says where it tells how far it is")
    @ApiResponse(responseCode = "400", description = "It is no replay, or of a topic that is not the pipeline's")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    @ApiResponse(responseCode = "409", description = "One of the pipeline is running already, or too many of others")
    HttpResponse<ReplayView> start(String pipeline, @Body byte[] body) {
        Pipeline of = pipelines.streams(pipeline).pipeline();
        NewReplay wanted = JsonBody.read(body, NewReplay.class, "replay", KEYS, EXAMPLE);
        ReplayRequest request = request(of, wanted);
        try {
            ReplayJob job = replays.start(of, request, Boolean.TRUE.equals(wanted.dryRun()));
            return HttpResponse.<ReplayView>accepted(
                            URI.create("/api/v1/pipelines/" + of.name() + "/replays/" + job.id()))
                    .body(ReplayView.of(job));
        } catch (SurprisalException e) {
            throw new ProblemException(HttpStatus.CONFLICT, e.getMessage());
        }
    }

    private static ReplayRequest request(Pipeline pipeline, NewReplay wanted) {
        String letters = pipeline.topics().deadLetters();
        String from = wanted.from() == null ? letters : wanted.from();
        if (!from.equals(letters) && !pipeline.reads(from)) {
            throw ProblemException.badRequest("'from' is '" + letters + "' or a topic that the pipeline reads ("
                    + pipeline.input() + "), not '" + shortened(from) + "'");
        }
        if (wanted.to() != null && !pipeline.reads(wanted.to())) {
            throw ProblemException.badRequest("'to' is a topic that the pipeline reads (" + pipeline.input()
                    + "), not '" + shortened(wanted.to()) + "'");
        }
        if (!from.equals(letters) && wanted.to() == null) {
            throw ProblemException.badRequest("'to' is missing: only dead letters say where they came from");
        }
        if (wanted.step() != null && !Replay.STEPS.contains(wanted.step())) {
            throw ProblemException.badRequest("'step' is parse, encode or score");
        }
        if (wanted.limit() != null && wanted.limit() < 1) {
            throw ProblemException.badRequest("'limit' must be positive");
        }
        checkLength("reason", wanted.reason());
        checkLength("offsets", wanted.offsets());
        try {
            return new ReplayRequest(
                    from,
                    wanted.to(),
                    wanted.since() == null ? null : Instant.ofEpochMilli(wanted.since()),
                    wanted.until() == null ? null : Instant.ofEpochMilli(wanted.until()),
                    wanted.offsets() == null ? Map.of() : ReplayRequest.parseOffsets(wanted.offsets()),
                    wanted.step(),
                    wanted.reason(),
                    wanted.limit() == null ? Long.MAX_VALUE : wanted.limit());
        } catch (SurprisalException e) {
            throw ProblemException.badRequest(e.getMessage());
        }
    }

    private static void checkLength(String name, String text) {
        if (text != null && text.length() > MOST_CHARACTERS) {
            throw ProblemException.badRequest("'" + name + "' has more than " + MOST_CHARACTERS + " characters");
        }
    }

    private static String shortened(String topic) {
        return topic.length() <= 250 ? topic : topic.substring(0, 250) + "...";
    }

    /** The latest. */
    @Get
    @Operation(
            summary = "The replays that run and ran in this instance, the latest first",
            description = "The last 20 of the pipeline since the scorer started.")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    List<ReplayView> replays(String pipeline) {
        return replays.of(pipelines.streams(pipeline).pipeline().name()).stream()
                .map(ReplayView::of)
                .toList();
    }

    /** One of them. */
    @Get("/{id}")
    @Operation(summary = "How far a replay is")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline, or this instance knows no such replay")
    ReplayView replay(String pipeline, String id) {
        return ReplayView.of(job(pipeline, id));
    }

    /** Stops one. */
    @Delete("/{id}")
    @Operation(
            summary = "Cancels a replay",
            description =
                    "It ends after the transaction that it is in: what was sent stays, and `rest` says what was not. One that has ended stays as it is.")
    @ApiResponse(responseCode = "202", description = "It is about to end")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline, or this instance knows no such replay")
    HttpResponse<ReplayView> cancel(String pipeline, String id) {
        ReplayJob job = job(pipeline, id);
        job.cancel();
        return HttpResponse.<ReplayView>accepted().body(ReplayView.of(job));
    }

    private ReplayJob job(String pipeline, String id) {
        return replays.find(pipelines.streams(pipeline).pipeline().name(), id)
                .orElseThrow(() -> ProblemException.notFound("This instance knows no replay '" + id
                        + "'; it remembers the last " + Replays.KEPT + " since it started."));
    }
}
