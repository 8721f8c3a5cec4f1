package dev.surprisal.scorer.api;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.mute.MuteRule;
import dev.surprisal.scorer.mute.MuteRuleBook;
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
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Which flags are muted: they stay flags, marked with the rule, and open no incident. */
@Controller("/api/v1/pipelines/{pipeline}/rules")
@Tag(name = "Mute rules")
class RulesController {

    private static final String KEYS = "field, direction, key, min_surprise, from, until, expires, everything and note";
    private static final String EXAMPLE = "{\"field\": \"amount\"}";

    private final RequestedPipelines pipelines;
    private final BoundedThreads threads;
    private final Clock clock;

    RulesController(RequestedPipelines pipelines, BoundedThreads threads, Clock clock) {
        this.pipelines = pipelines;
        this.threads = threads;
        this.clock = clock;
    }

    /**
     * Which flags to mute: those that match all that is given.
     *
     * @param field that is first among the reasons
     * @param direction {@code above} or {@code below} what is expected
     * @param key of the record, as incidents show it
     * @param minSurprise flags with at least this surprise, bits, are not muted
     * @param from records from this timestamp on, milliseconds since 1970-01-01T00:00Z
     * @param until records before this timestamp
     * @param expires when the rule ends, by the clock, milliseconds since 1970-01-01T00:00Z; absent for a day from now, at most 90 days from now
     * @param everything confirms a rule that names no field, direction, key or minimum surprise
     * @param note why
     */
    @Introspected
    record NewRule(
            @Nullable String field,
            @Nullable String direction,
            @Nullable String key,
            @Nullable Double minSurprise,
            @Nullable Long from,
            @Nullable Long until,
            @Nullable Long expires,
            @Nullable Boolean everything,
            @Nullable String note) {}

    /**
     * A mute rule.
     *
     * @param id of the rule, with which flags are marked
     * @param field that is first among the reasons; absent for any
     * @param direction {@code above} or {@code below}; absent for any
     * @param key of the record; absent for any
     * @param minSurprise flags with at least this surprise, bits, are not muted; absent for none
     * @param from records from this timestamp on; absent for all
     * @param until records before this timestamp; absent for all
     * @param everything whether it is confirmed that it mutes every flag
     * @param created when, milliseconds since 1970-01-01T00:00Z
     * @param expires when it ends
     * @param active whether it holds now
     * @param note why
     */
    @Introspected
    record RuleView(
            String id,
            @Nullable String field,
            @Nullable String direction,
            @Nullable String key,
            @Nullable Double minSurprise,
            @Nullable Long from,
            @Nullable Long until,
            boolean everything,
            long created,
            long expires,
            boolean active,
            @Nullable String note) {

        static RuleView of(MuteRule rule, long now) {
            return new RuleView(
                    rule.id(),
                    rule.field(),
                    rule.direction(),
                    rule.key(),
                    rule.minSurprise(),
                    rule.from(),
                    rule.until(),
                    rule.everything(),
                    rule.created(),
                    rule.expires(),
                    now < rule.expires(),
                    rule.note());
        }
    }

    /** All rules. */
    @Get
    @Operation(
            summary = "The mute rules of a pipeline",
            description = "Expired ones are listed until the next rule is added.")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    @ApiResponse(responseCode = "409", description = "The pipeline runs without incidents")
    List<RuleView> rules(String pipeline) {
        long now = clock.millis();
        return book(pipeline).all().stream().map(rule -> RuleView.of(rule, now)).toList();
    }

    /** Mutes flags from now on. */
    @Post
    @Operation(
            summary = "Mutes the flags that match from now on, in all instances",
            description =
                    "A muted flag stays on the topic of anomalies, marked with the rule's id, and is counted; it opens no incident. A rule holds for a day unless it says when it expires, 90 days at most: what is muted and forgotten would hide the next trouble. At most 200 hold at once.")
    @RequestBody(
            required = true,
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = NewRule.class)))
    @ApiResponse(
            responseCode = "201",
            description = "The rule, which holds in this instance; in the others a moment later")
    @ApiResponse(
            responseCode = "400",
            description = "It is no rule, or it would mute every flag and does not confirm that with everything: true")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    @ApiResponse(
            responseCode = "409",
            description =
                    "The pipeline runs without incidents, there are 200 rules already, or Kafka does not take the rule")
    @ApiResponse(responseCode = "503", description = "Too many ask")
    CompletionStage<HttpResponse<RuleView>> add(String pipeline, @Body byte[] body) {
        MuteRuleBook book = book(pipeline);
        long now = clock.millis();
        MuteRule rule = rule(JsonBody.read(body, NewRule.class, "rule", KEYS, EXAMPLE), now);
        return threads.lookUp(() -> orConflict(() -> {
            book.add(rule);
            return HttpResponse.created(RuleView.of(rule, now));
        }));
    }

    private static MuteRule rule(NewRule wanted, long now) {
        try {
            return new MuteRule(
                    UUID.randomUUID().toString(),
                    wanted.field(),
                    wanted.direction(),
                    wanted.key(),
                    wanted.minSurprise(),
                    wanted.from(),
                    wanted.until(),
                    Boolean.TRUE.equals(wanted.everything()),
                    now,
                    wanted.expires() == null ? now + MuteRule.USUAL.toMillis() : wanted.expires(),
                    wanted.note());
        } catch (SurprisalException e) {
            throw ProblemException.badRequest(e.getMessage());
        }
    }

    /** Mutes no longer. */
    @Delete("/{id}")
    @Operation(summary = "Removes a mute rule, in all instances")
    @ApiResponse(responseCode = "204", description = "It is gone")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline, or no such rule")
    @ApiResponse(
            responseCode = "409",
            description = "The pipeline runs without incidents, or Kafka does not take the change")
    @ApiResponse(responseCode = "503", description = "Too many ask")
    CompletionStage<HttpResponse<Void>> remove(String pipeline, String id) {
        MuteRuleBook book = book(pipeline);
        return threads.lookUp(() -> {
            if (!orConflict(() -> book.remove(id))) {
                throw ProblemException.notFound("There is no mute rule '" + id + "'.");
            }
            return HttpResponse.noContent();
        });
    }

    private MuteRuleBook book(String pipeline) {
        return pipelines
                .streams(pipeline)
                .muteRules()
                .orElseThrow(() ->
                        new ProblemException(HttpStatus.CONFLICT, IncidentsController.withoutIncidents(pipeline)));
    }

    private static <T> T orConflict(Supplier<T> deed) {
        try {
            return deed.get();
        } catch (SurprisalException e) {
            throw new ProblemException(HttpStatus.CONFLICT, e.getMessage());
        }
    }
}
