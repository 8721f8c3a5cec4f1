package dev.surprisal.scorer.api;

import dev.surprisal.scorer.ops.RecentLog.Entry;
import dev.surprisal.scorer.ops.Refusal;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What could not be scored of late, by all instances, and why. */
@Controller("/api/v1/pipelines/{pipeline}/dead-letters")
@Tag(name = "Dead letters")
class DeadLettersController {

    private static final int MOST_REASONS = 200;

    private final RequestedPipelines pipelines;

    DeadLettersController(RequestedPipelines pipelines) {
        this.pipelines = pipelines;
    }

    /**
     * Dead letters with the same reason.
     *
     * @param step at which they could not go on: {@code parse}, {@code encode} or {@code score}
     * @param reason in one sentence
     * @param count among those held
     * @param latest the latest of them
     */
    @Introspected
    record ReasonView(String step, String reason, int count, Refusal latest) {}

    /**
     * Dead letters by reason.
     *
     * @param items the most frequent first, at most 200
     * @param held how many dead letters were looked at
     * @param failure why they cannot be read at the moment; absent while they can
     */
    @Introspected
    record Reasons(List<ReasonView> items, int held, String failure) {}

    /**
     * A page of dead letters.
     *
     * @param items the latest first
     * @param next what to pass as {@code before} for the next page; absent on the last one
     * @param held how many are held in all
     * @param failure why they cannot be read at the moment; absent while they can
     */
    @Introspected
    record DeadLetterPage(List<Refusal> items, Long next, int held, String failure) {}

    /** By reason. */
    @Get("/reasons")
    @Operation(
            summary = "The latest dead letters of all instances by reason, the most frequent first",
            description = "Of the latest 2,000; the topic of dead letters has them all.")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    Reasons reasons(String pipeline) {
        var tail = pipelines.tail(pipeline);
        Map<List<String>, ReasonView> byReason = new LinkedHashMap<>();
        List<Entry<Refusal>> all = tail.refusals().latestFirst();
        for (Entry<Refusal> entry : all) {
            Refusal refusal = entry.value();
            byReason.merge(
                    List.of(refusal.step(), refusal.reason()),
                    new ReasonView(refusal.step(), refusal.reason(), 1, refusal),
                    (known, more) -> new ReasonView(known.step, known.reason, known.count + 1, known.latest));
        }
        List<ReasonView> items = byReason.values().stream()
                .sorted(Comparator.comparingInt(ReasonView::count).reversed())
                .limit(MOST_REASONS)
                .toList();
        return new Reasons(items, all.size(), tail.failure());
    }

    /** One by one. */
    @Get
    @Operation(summary = "The latest dead letters of all instances, the latest first")
    @ApiResponse(responseCode = "400", description = "A parameter has a wrong type or is out of range")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    DeadLetterPage letters(
            String pipeline,
            @Nullable @QueryValue String step,
            @Nullable @QueryValue String reason,
            @Nullable @QueryValue Long before,
            @QueryValue(defaultValue = "100") int limit) {
        LogPage.checkLimit(limit);
        var tail = pipelines.tail(pipeline);
        List<Entry<Refusal>> all = tail.refusals().latestFirst();
        List<Entry<Refusal>> page = new ArrayList<>();
        for (Entry<Refusal> entry : all) {
            Refusal refusal = entry.value();
            if ((before == null || entry.number() < before)
                    && (step == null || step.equals(refusal.step()))
                    && (reason == null || reason.equals(refusal.reason()))
                    && page.size() <= limit) {
                page.add(entry);
            }
        }
        boolean more = page.size() > limit;
        List<Entry<Refusal>> shown = more ? page.subList(0, limit) : page;
        Long next = more ? (Long) shown.get(limit - 1).number() : null;
        return new DeadLetterPage(shown.stream().map(Entry::value).toList(), next, all.size(), tail.failure());
    }
}
