package dev.surprisal.scorer.api;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.feedback.LabelState;
import dev.surprisal.scorer.ops.Flag;
import dev.surprisal.scorer.ops.OutputTail;
import dev.surprisal.scorer.ops.RecentLog.Entry;
import dev.surprisal.scorer.ops.RecordsNear;
import dev.surprisal.scorer.stream.Outcome;
import dev.surprisal.scorer.stream.PipelineStreams;
import dev.surprisal.scorer.stream.ScoredRecord;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.apache.kafka.common.KafkaException;

/** What was flagged of late, by all instances, and why. */
@Controller("/api/v1/pipelines/{pipeline}/flags")
@Tag(name = "Flags")
class FlagsController {

    private final RequestedPipelines pipelines;
    private final BoundedThreads threads;

    FlagsController(RequestedPipelines pipelines, BoundedThreads threads) {
        this.pipelines = pipelines;
        this.threads = threads;
    }

    /**
     * A page of flags.
     *
     * @param items the latest first
     * @param next what to pass as {@code before} for the next page; absent on the last one
     * @param matching how many of those held match the filter
     * @param held how many are held in all
     * @param failure why flags cannot be read at the moment; absent while they can
     */
    @Introspected
    record FlagPage(List<FlagView> items, Long next, int matching, int held, String failure) {}

    /**
     * A record of the same key.
     *
     * @param offset in the same partition
     * @param timestamp milliseconds since 1970-01-01T00:00Z
     * @param record as it came, as text
     * @param score in nats, by the model that scores now; absent if it has none
     * @param surprise in bits
     * @param anomaly whether that model flags it
     * @param reason why it has no score; absent if it has one
     */
    @Introspected
    record Neighbour(
            long offset, long timestamp, String record, Double score, Double surprise, Boolean anomaly, String reason) {
        static Neighbour of(RecordsNear.Found near, ScoredRecord scored) {
            String text =
                    near.value() == null ? null : new String(near.value(), java.nio.charset.StandardCharsets.UTF_8);
            if (scored.outcome() instanceof Outcome.Scored some) {
                var verdict = some.verdict();
                return new Neighbour(
                        near.offset(),
                        near.timestamp(),
                        text,
                        verdict.score(),
                        verdict.surprise(),
                        verdict.anomaly(),
                        null);
            }
            String reason = ((Outcome.Refused) scored.outcome()).reason();
            return new Neighbour(near.offset(), near.timestamp(), text, null, null, null, reason);
        }
    }

    /**
     * The records of the same key in the order of time.
     *
     * @param modelVersion that scored them just now
     * @param items with the flagged record among them; empty if the topic no longer has it
     */
    @Introspected
    record Neighbours(String modelVersion, List<Neighbour> items) {}

    /** Flags that match a filter. */
    @Get
    @Operation(
            summary = "The latest flags of all instances, the latest first",
            description = "Up to 10,000 flags are held; the topic of anomalies has them all.")
    @ApiResponse(responseCode = "400", description = "A parameter has a wrong type or is out of range")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    @ApiResponse(responseCode = "503", description = "Too many ask")
    CompletionStage<FlagPage> flags(
            String pipeline,
            @Nullable @QueryValue String q,
            @Nullable @QueryValue String key,
            @Nullable @QueryValue String field,
            @Nullable @QueryValue("min_surprise") Double minSurprise,
            @Nullable @QueryValue Long since,
            @Nullable @QueryValue Long until,
            @Nullable @QueryValue Long before,
            @QueryValue(defaultValue = "100") int limit) {
        LogPage.checkLimit(limit);
        Predicate<Flag> wanted = flag -> (key == null || key.equals(flag.key()))
                && (field == null || flag.fields().contains(field))
                && (minSurprise == null || flag.surprise() >= minSurprise)
                && (since == null || flag.timestamp() >= since)
                && (until == null || flag.timestamp() < until)
                && (q == null || q.isBlank() || flag.mentions(q.strip()));
        OutputTail tail = pipelines.tail(pipeline);
        LabelState labels = pipelines.labels(pipeline);
        return threads.lookUp(() -> page(tail, labels, wanted, before, limit));
    }

    private static FlagPage page(OutputTail tail, LabelState labels, Predicate<Flag> wanted, Long before, int limit) {
        List<Entry<Flag>> all = tail.flags().latestFirst();
        LogPage<FlagView> page = LogPage.of(all, wanted, before, limit, entry -> FlagView.brief(entry, labels));
        return new FlagPage(page.items(), page.next(), page.matching(), all.size(), tail.failure());
    }

    /** One flag. */
    @Get("/{id}")
    @Operation(summary = "One flag, with its reasons and the original record")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline, or no such flag among those held")
    FlagView flag(String pipeline, String id) {
        return FlagView.whole(find(pipeline, id), pipelines.labels(pipeline));
    }

    /** The records around it. */
    @Get("/{id}/neighbours")
    @Operation(
            summary = "The records of the same key before and after a flagged one, scored now",
            description = "Read from the topic of records: up to 12 before it and 6 after.")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline, or no such flag among those held")
    @ApiResponse(responseCode = "503", description = "The topic cannot be read now, or too many ask")
    CompletionStage<Neighbours> neighbours(String pipeline, String id) {
        Flag flag = find(pipeline, id).value();
        PipelineStreams streams = pipelines.streams(pipeline);
        return threads.lookUp(() -> neighbours(streams, flag));
    }

    private static Neighbours neighbours(PipelineStreams streams, Flag flag) {
        List<RecordsNear.Found> near;
        try {
            near = RecordsNear.read(streams.pipeline(), flag.partition(), flag.offset());
        } catch (KafkaException | SurprisalException e) {
            throw ProblemException.busy("The topic of records cannot be read: " + e.getMessage());
        }
        List<ScoredRecord> scored =
                streams.score(near.stream().map(RecordsNear.Found::value).toList());
        List<Neighbour> items = new ArrayList<>();
        for (int i = 0; i < near.size(); i++) {
            items.add(Neighbour.of(near.get(i), scored.get(i)));
        }
        String version = scored.isEmpty()
                ? streams.card().version()
                : scored.get(0).model().card().version();
        return new Neighbours(version, items);
    }

    private Entry<Flag> find(String pipeline, String id) {
        return pipelines.tail(pipeline).flags().latestFirst().stream()
                .filter(entry -> entry.value().id().equals(id))
                .findFirst()
                .orElseThrow(() -> ProblemException.notFound(
                        "There is no flag '" + id + "' among the latest 10,000; ids look like PARTITION-OFFSET."));
    }
}
