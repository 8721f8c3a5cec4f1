package dev.surprisal.scorer.api;

import dev.surprisal.scorer.ops.OutputTail;
import dev.surprisal.scorer.ops.RecentLog.Entry;
import dev.surprisal.scorer.ops.ToldIncident;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** What is going on, and what went on of late, by all instances. */
@Controller("/api/v1/pipelines/{pipeline}/incidents")
@Tag(name = "Incidents")
class IncidentsController {

    private final RequestedPipelines pipelines;
    private final BoundedThreads threads;

    IncidentsController(RequestedPipelines pipelines, BoundedThreads threads) {
        this.pipelines = pipelines;
        this.threads = threads;
    }

    /**
     * A page of incidents.
     *
     * @param items those with the latest events first
     * @param next what to pass as {@code before} for the next page; absent on the last one
     * @param matching how many of those held match the filter
     * @param open how many of those held are open
     * @param held how many are held in all
     * @param failure why incidents cannot be read at the moment; absent while they can
     */
    @Introspected
    record IncidentPage(
            List<IncidentView> items,
            @Nullable Long next,
            int matching,
            int open,
            int held,
            @Nullable String failure) {}

    /** Incidents that match a filter. */
    @Get
    @Operation(
            summary = "The latest incidents of all instances, those with the latest events first",
            description =
                    "Up to 5,000 incidents are held, each as its latest event tells it; the topic of incidents has all events. `state` is open or closed; `since` and `until` are about its first and last flag.")
    @ApiResponse(responseCode = "400", description = "A parameter has a wrong type or is out of range")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    @ApiResponse(responseCode = "409", description = "The pipeline runs without incidents")
    @ApiResponse(responseCode = "503", description = "Too many ask")
    CompletionStage<IncidentPage> incidents(
            String pipeline,
            @Nullable @QueryValue String state,
            @Nullable @QueryValue String q,
            @Nullable @QueryValue String key,
            @Nullable @QueryValue String field,
            @Nullable @QueryValue("min_surprise") Double minSurprise,
            @Nullable @QueryValue Long since,
            @Nullable @QueryValue Long until,
            @Nullable @QueryValue Long before,
            @QueryValue(defaultValue = "100") int limit) {
        LogPage.checkLimit(limit);
        if (state != null && !state.equals("open") && !state.equals("closed")) {
            throw ProblemException.badRequest("state is open or closed, not '" + state + "'");
        }
        Predicate<ToldIncident> wanted = incident -> (state == null || state.equals("open") == incident.open())
                && (key == null || key.equals(incident.key()))
                && (field == null || incident.fields().contains(field))
                && (minSurprise == null || incident.surprise() >= minSurprise)
                && (since == null || incident.last() >= since)
                && (until == null || incident.start() < until)
                && (q == null || q.isBlank() || incident.mentions(q.strip()));
        OutputTail tail = tail(pipeline);
        return threads.lookUp(() -> page(tail, wanted, before, limit));
    }

    private static IncidentPage page(OutputTail tail, Predicate<ToldIncident> wanted, Long before, int limit) {
        List<Entry<ToldIncident>> all = tail.incidents().latestFirst();
        LogPage<IncidentView> page = LogPage.of(all, wanted, before, limit, IncidentView::of);
        int open = (int) all.stream().filter(entry -> entry.value().open()).count();
        return new IncidentPage(page.items(), page.next(), page.matching(), open, all.size(), tail.failure());
    }

    /** One incident. */
    @Get("/{id}")
    @Operation(summary = "One incident, as its latest event tells it")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline, or no such incident among those held")
    @ApiResponse(responseCode = "409", description = "The pipeline runs without incidents")
    IncidentView incident(String pipeline, String id) {
        Entry<ToldIncident> found = tail(pipeline).incidents().find(id);
        if (found == null) {
            throw ProblemException.notFound(
                    "There is no incident '" + id + "' among the latest 5,000; ids look like TOPIC-PARTITION-OFFSET.");
        }
        return IncidentView.of(found);
    }

    private OutputTail tail(String pipeline) {
        if (pipelines.streams(pipeline).pipeline().incidents().isOff()) {
            throw new ProblemException(HttpStatus.CONFLICT, withoutIncidents(pipeline));
        }
        return pipelines.tail(pipeline);
    }

    static String withoutIncidents(String pipeline) {
        return "The pipeline '" + pipeline + "' runs without incidents; set its incidents to such as 10m.";
    }
}
