package dev.surprisal.scorer.api;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Label;
import dev.surprisal.schemas.event.Label.Verdict;
import dev.surprisal.schemas.event.RecordCoordinates;
import dev.surprisal.scorer.feedback.LabelLog;
import dev.surprisal.scorer.feedback.Labels;
import dev.surprisal.scorer.feedback.RecordsAt;
import dev.surprisal.scorer.feedback.StoredRecord;
import dev.surprisal.scorer.stream.Pipeline;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.annotation.Status;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What people say of records: false alarms, and anomalies confirmed. */
@Controller("/api/v1/pipelines/{pipeline}/labels")
@Tag(name = "Labels")
class LabelsController {

    private static final int MOST = 500;

    private final RequestedPipelines pipelines;
    private final Labels labels;
    private final BoundedThreads threads;
    private final Clock clock;

    LabelsController(RequestedPipelines pipelines, Labels labels, BoundedThreads threads, Clock clock) {
        this.pipelines = pipelines;
        this.labels = labels;
        this.threads = threads;
        this.clock = clock;
    }

    /**
     * A label to be given.
     *
     * @param topic of the record; absent where the pipeline reads one topic only
     * @param partition of the record
     * @param offset of the record
     * @param verdict {@code false_alarm} or {@code confirmed}
     * @param by who says so, at most 100 characters
     * @param comment what else there is to say, at most 1,000 characters
     */
    @Introspected
    record NewLabel(
            @Nullable String topic,
            @Nullable Integer partition,
            @Nullable Long offset,
            @Nullable String verdict,
            @Nullable String by,
            @Nullable String comment) {}

    /**
     * A page of labels.
     *
     * @param items the latest first
     * @param next what to pass as {@code skip} for the next page; absent on the last one
     * @param matching how many match the filter
     * @param falseAlarms how many records are held that were false alarms
     * @param confirmed how many are held that were anomalies
     * @param forgotten for how many more there is no room here; the topic has them all
     * @param refused how many events on the topic are no labels
     * @param lastRefusal why the last of them is none; absent if none was refused
     * @param failure why labels cannot be read at the moment; absent while they can
     */
    @Introspected
    record LabelPage(
            List<LabelView> items,
            @Nullable Integer next,
            int matching,
            long falseAlarms,
            long confirmed,
            long forgotten,
            long refused,
            @Nullable String lastRefusal,
            @Nullable String failure) {}

    /** Gives a record a label. */
    @Post
    @Status(HttpStatus.CREATED)
    @Operation(
            summary = "Says of a record that it is a false alarm, or that it is an anomaly",
            description =
                    "The record need not have been flagged, but it has to be there. The last label of a record is the one that counts. Labels go to the topic PIPELINE.labels, where other producers may write them too.")
    @ApiResponse(responseCode = "201", description = "The label, which the topic has")
    @ApiResponse(responseCode = "400", description = "Something is missing, too long or of the wrong type")
    @ApiResponse(
            responseCode = "404",
            description = "There is no such pipeline, or no such record in its topic, or no longer")
    @ApiResponse(responseCode = "503", description = "Kafka cannot be reached now, or too many ask")
    CompletionStage<LabelView> label(String pipeline, @Body NewLabel wanted) {
        Pipeline of = pipelines.streams(pipeline).pipeline();
        Label draft = orBadRequest(() -> draft(of, wanted));
        return threads.lookUp(() -> written(of, draft));
    }

    private Label draft(Pipeline pipeline, NewLabel wanted) {
        if (wanted.partition == null || wanted.offset == null) {
            throw new SurprisalException("'partition' and 'offset' say which record it is; one of them is missing");
        }
        String topic = wanted.topic == null ? pipeline.topic() : wanted.topic;
        if (topic == null) {
            throw new SurprisalException("'topic' is missing: the pipeline reads " + pipeline.input());
        }
        RecordCoordinates record = new RecordCoordinates(topic, wanted.partition, wanted.offset);
        if (!pipeline.reads(topic)) {
            throw new SurprisalException("the pipeline reads " + pipeline.input() + ", not '" + topic + "'");
        }
        return new Label(record, null, Verdict.parse(wanted.verdict), wanted.by, clock.instant(), wanted.comment);
    }

    private LabelView written(Pipeline pipeline, Label draft) {
        Label label = new Label(
                draft.record(),
                key(pipeline, draft.record()),
                draft.verdict(),
                draft.by(),
                draft.time(),
                draft.comment());
        orBusy(() -> {
            labels.of(pipeline.name()).write(label);
            return null;
        });
        return LabelView.of(label);
    }

    /** The record's key as text; a 404 where there is no record. */
    private static String key(Pipeline pipeline, RecordCoordinates record) {
        List<StoredRecord> found = new ArrayList<>();
        RecordsAt.Summary summary = orBusy(() -> RecordsAt.read(pipeline.kafka(), List.of(record), found::add));
        if (summary.expired() > 0) {
            throw ProblemException.notFound("The record " + record
                    + " is gone from its topic, whose retention time is over for it; it can no longer be labelled.");
        }
        if (found.isEmpty()) {
            throw ProblemException.notFound("There is no record " + record + " (TOPIC/PARTITION/OFFSET).");
        }
        byte[] key = found.get(0).key();
        String text = key == null ? null : new String(key, StandardCharsets.UTF_8);
        return text == null || text.length() <= Label.MOST_KEY ? text : text.substring(0, Label.MOST_KEY);
    }

    private static <T> T orBadRequest(Supplier<T> deed) {
        try {
            return deed.get();
        } catch (SurprisalException e) {
            throw ProblemException.badRequest(e.getMessage());
        }
    }

    private static <T> T orBusy(Supplier<T> deed) {
        try {
            return deed.get();
        } catch (SurprisalException e) {
            throw ProblemException.busy(e.getMessage());
        }
    }

    /** The labels. */
    @Get
    @Operation(
            summary = "The last label of each record, the latest first",
            description = "Of up to 10,000 records; the topic PIPELINE.labels has them all.")
    @ApiResponse(responseCode = "400", description = "A parameter has a wrong type or is out of range")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    @ApiResponse(responseCode = "503", description = "Too many ask")
    CompletionStage<LabelPage> labels(
            String pipeline,
            @Nullable @QueryValue String verdict,
            @QueryValue(defaultValue = "0") int skip,
            @QueryValue(defaultValue = "100") int limit) {
        if (limit < 1 || limit > MOST || skip < 0) {
            throw ProblemException.badRequest(
                    "limit must lie between 1 and " + MOST + " and skip must not be negative");
        }
        Verdict wanted = verdict == null ? null : orBadRequest(() -> Verdict.parse(verdict));
        LabelLog log = labels.of(pipelines.streams(pipeline).pipeline().name());
        return threads.lookUp(() -> page(log, wanted, skip, limit));
    }

    private static LabelPage page(LabelLog log, Verdict wanted, int skip, int limit) {
        List<Label> matching = log.state().latestFirst().stream()
                .filter(label -> wanted == null || label.verdict() == wanted)
                .toList();
        List<LabelView> items =
                matching.stream().skip(skip).limit(limit).map(LabelView::of).toList();
        int end = skip + items.size();
        return new LabelPage(
                items,
                end < matching.size() ? (Integer) end : null,
                matching.size(),
                log.state().count(Verdict.FALSE_ALARM),
                log.state().count(Verdict.CONFIRMED),
                log.state().forgotten(),
                log.state().refused(),
                log.state().lastRefusal(),
                log.failure());
    }
}
