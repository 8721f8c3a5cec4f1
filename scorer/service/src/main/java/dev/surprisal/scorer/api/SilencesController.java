package dev.surprisal.scorer.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.surprisal.scorer.ops.OutputTail;
import dev.surprisal.scorer.ops.RecentLog.Entry;
import dev.surprisal.scorer.ops.ToldSilence;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** Which keys are silent, and which were of late, by all instances. */
@Controller("/api/v1/pipelines/{pipeline}/silences")
@Tag(name = "Silences")
class SilencesController {

    private final RequestedPipelines pipelines;
    private final BoundedThreads threads;

    SilencesController(RequestedPipelines pipelines, BoundedThreads threads) {
        this.pipelines = pipelines;
        this.threads = threads;
    }

    /**
     * A silence of a key.
     *
     * @param number of its latest event in this instance, growing
     * @param silent whether the key still is
     * @param event its latest event
     */
    @Introspected
    record SilenceView(
            long number,
            boolean silent,

            @Schema(
                    type = "object",
                    description =
                            "Its latest event, as on the topic of silences: id, event, topic, partition, key, since, time, silent_millis, usual_millis, limit_millis, gaps and sentence")
            JsonNode event) {

        static SilenceView of(Entry<ToldSilence> entry) {
            return new SilenceView(
                    entry.number(), entry.value().open(), entry.value().json());
        }
    }

    /**
     * A page of silences.
     *
     * @param items those with the latest events first
     * @param next what to pass as {@code before} for the next page; absent on the last one
     * @param matching how many of those held match the filter
     * @param silent how many keys of those held are silent
     * @param held how many are held in all
     * @param topic where they are told
     * @param failure why they cannot be read at the moment; absent while they can
     */
    @Introspected
    record SilencePage(
            List<SilenceView> items,
            @Nullable Long next,
            int matching,
            int silent,
            int held,
            String topic,
            @Nullable String failure) {}

    /** Silences that match a filter. */
    @Get
    @Operation(
            summary = "Which keys are silent against their habit, and which were, those with the latest events first",
            description =
                    "Of all instances. Up to 5,000 silences are held, each as its latest event tells it; the topic of silences has all events. `state` is silent or resumed.")
    @ApiResponse(responseCode = "400", description = "A parameter has a wrong type or is out of range")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    @ApiResponse(responseCode = "409", description = "The pipeline does not look for silent keys")
    @ApiResponse(responseCode = "503", description = "Too many ask")
    CompletionStage<SilencePage> silences(
            String pipeline,
            @Nullable @QueryValue String state,
            @Nullable @QueryValue String key,
            @Nullable @QueryValue Long before,
            @QueryValue(defaultValue = "100") int limit) {
        LogPage.checkLimit(limit);
        if (state != null && !state.equals("silent") && !state.equals("resumed")) {
            throw ProblemException.badRequest("state is silent or resumed, not '" + state + "'");
        }
        var of = pipelines.streams(pipeline).pipeline();
        if (of.silences().isOff()) {
            throw new ProblemException(
                    HttpStatus.CONFLICT,
                    "The pipeline '" + pipeline
                            + "' does not look for silent keys; set its silences to such as 1 a year.");
        }
        Predicate<ToldSilence> wanted = silence -> (state == null || state.equals("silent") == silence.open())
                && (key == null || key.equals(silence.key()));
        OutputTail tail = pipelines.tail(pipeline);
        String topic = of.topics().silences();
        return threads.lookUp(() -> page(tail, topic, wanted, before, limit));
    }

    private static SilencePage page(
            OutputTail tail, String topic, Predicate<ToldSilence> wanted, Long before, int limit) {
        List<Entry<ToldSilence>> all = tail.silences().latestFirst();
        LogPage<SilenceView> page = LogPage.of(all, wanted, before, limit, SilenceView::of);
        int silent = (int) all.stream().filter(entry -> entry.value().open()).count();
        return new SilencePage(page.items(), page.next(), page.matching(), silent, all.size(), topic, tail.failure());
    }
}
