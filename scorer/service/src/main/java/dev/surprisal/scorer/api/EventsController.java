package dev.surprisal.scorer.api;

import dev.surprisal.scorer.feedback.LabelState;
import dev.surprisal.scorer.ops.ActivityHistory;
import dev.surprisal.scorer.ops.Flag;
import dev.surprisal.scorer.ops.OutputTail;
import dev.surprisal.scorer.ops.RecentLog;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.sse.Event;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * Tells whoever listens what happens, by server-sent events.
 *
 * <p>A listener has no queue: twice a second it gets what has come since it was last looked after, at most so much. So a slow one costs no memory, and one that comes back gets
 * what it missed.
 */
@Controller("/api/v1/pipelines/{pipeline}/events")
@Tag(name = "Events")
class EventsController {

    private static final int MOST_LISTENERS = 200;
    private static final int MOST_FLAGS = 50;
    private static final Duration BEAT = Duration.ofMillis(500);

    private final RequestedPipelines pipelines;
    private final ActivityHistory history;
    private final long epoch;
    private final AtomicInteger listeners = new AtomicInteger();

    EventsController(RequestedPipelines pipelines, ActivityHistory history, Clock clock) {
        this.pipelines = pipelines;
        this.history = history;
        epoch = clock.millis();
    }

    /**
     * Flags that have come.
     *
     * @param items the latest first
     * @param passedOver how many more there were
     * @param held how many flags are held in all
     */
    @Introspected
    record NewFlags(List<FlagView> items, long passedOver, int held) {}

    /**
     * How the pipeline is, and what it did since.
     *
     * @param pipeline as it is now
     * @param activity since the last such event
     */
    @Introspected
    record Beat(PipelineView pipeline, PipelinesController.ActivityView activity) {}

    /** What happens from now on. */
    @Get(produces = MediaType.TEXT_EVENT_STREAM)
    @Operation(
            summary = "What happens, as server-sent events",
            description =
                    "Events `beat` (once a second: state and activity of this instance) and `flags` (new flags of all instances). With the header Last-Event-ID, or the parameter of this name, of an earlier connection to the same instance, flags go on where it ended. Otherwise an event `start` says from when on flags are told: those of before, also where they were read already, are to be had from /flags.")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    @ApiResponse(responseCode = "503", description = "Too many listen already")
    Publisher<Event<?>> events(
            String pipeline,
            @Nullable @Header("Last-Event-ID") String header,
            @Nullable @QueryValue("last_event_id") String parameter) {
        String last = header != null ? header : parameter;
        Listener listener = new Listener(pipeline, pipelines.tail(pipeline), number(last));
        if (listeners.get() >= MOST_LISTENERS) {
            throw ProblemException.busy("There are " + MOST_LISTENERS + " listeners already.");
        }
        return Flux.interval(Duration.ZERO, BEAT)
                .onBackpressureDrop()
                .<Event<?>>concatMapIterable(beat -> listener.next(beat))
                .onErrorComplete(EventsController::saysThatThePipelineIsClosed)
                .doOnSubscribe(subscription -> listeners.incrementAndGet())
                .doFinally(signal -> listeners.decrementAndGet());
    }

    /** Then the stream of events ends as well, and whoever listens comes back. */
    private static boolean saysThatThePipelineIsClosed(Throwable e) {
        return e instanceof IllegalStateException || e instanceof ProblemException;
    }

    /** The number in the id of an event of this instance; -1 of any other. */
    private long number(String id) {
        String prefix = epoch + "-";
        if (id == null || !id.startsWith(prefix)) {
            return -1;
        }
        try {
            return Long.parseLong(id.substring(prefix.length()));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private final class Listener {
        private final String pipeline;
        private final OutputTail tail;
        /** The number of the last flag that it was told; -1 before the start. */
        private long last;

        private long time;

        Listener(String pipeline, OutputTail tail, long last) {
            this.pipeline = pipeline;
            this.tail = tail;
            this.last = last;
        }

        private List<Event<?>> next(long beat) {
            List<Event<?>> events = new ArrayList<>();
            if (tail.hasCaughtUp()) {
                addFlags(events);
            }
            if (beat % 2 == 0) {
                var activity = PipelinesController.view(history, pipeline, time);
                if (!activity.samples().isEmpty()) {
                    time = activity.samples().get(activity.samples().size() - 1).time();
                }
                events.add(Event.of(new Beat(pipelines.view(pipelines.streams(pipeline)), activity))
                        .name("beat")
                        .id(id()));
            }
            return events;
        }

        private void addFlags(List<Event<?>> events) {
            RecentLog<Flag> flags = tail.flags();
            if (last < 0) {
                last = flags.last();
                time = 0;
                events.add(Event.of("{}").name("start").id(id()));
            }
            LabelState labels = pipelines.labels(pipeline);
            List<FlagView> items = flags.after(last, MOST_FLAGS).stream()
                    .map(flag -> FlagView.brief(flag, labels))
                    .toList();
            if (!items.isEmpty()) {
                long newest = items.get(0).number();
                NewFlags some = new NewFlags(items, newest - last - items.size(), flags.size());
                last = newest;
                events.add(Event.of(some).name("flags").id(id()));
            }
        }

        private String id() {
            return epoch + "-" + last;
        }
    }
}
