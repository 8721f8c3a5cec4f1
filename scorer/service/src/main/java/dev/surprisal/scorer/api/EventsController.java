package dev.surprisal.scorer.api;

import dev.surprisal.scorer.feedback.LabelState;
import dev.surprisal.scorer.ops.ActivityHistory;
import dev.surprisal.scorer.ops.Flag;
import dev.surprisal.scorer.ops.Instances;
import dev.surprisal.scorer.ops.OutputTail;
import dev.surprisal.scorer.ops.RecentLog;
import dev.surprisal.scorer.ops.ToldIncident;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
    private static final int MOST_INCIDENTS = 100;
    private static final Duration BEAT = Duration.ofMillis(500);

    private final RequestedPipelines pipelines;
    private final ActivityHistory history;
    private final Instances instances;
    private final long epoch;
    private final AtomicInteger listeners = new AtomicInteger();

    EventsController(RequestedPipelines pipelines, ActivityHistory history, Instances instances, Clock clock) {
        this.pipelines = pipelines;
        this.history = history;
        this.instances = instances;
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
     * Incidents that were opened, have changed or were closed.
     *
     * @param items those with the latest events first
     */
    @Introspected
    record NewIncidents(List<IncidentView> items) {}

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
                    "Events `beat` (once a second: state and activity), `flags` (new ones) and `incidents` (those that were opened, have changed or were closed), all of all instances. With the header Last-Event-ID, or the parameter of this name, of an earlier connection to the same instance, they go on where it ended. Otherwise an event `start` says from when on flags are told: those of before, also where they were read already, are to be had from /flags.")
    @ApiResponse(responseCode = "404", description = "There is no such pipeline")
    @ApiResponse(responseCode = "503", description = "Too many listen already")
    Publisher<Event<?>> events(
            String pipeline,
            @Nullable @Header("Last-Event-ID") String header,
            @Nullable @QueryValue("last_event_id") String parameter) {
        String last = header != null ? header : parameter;
        Listener listener = new Listener(pipeline, pipelines.tail(pipeline), numbers(last));
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

    /** The numbers in the id of an event of this instance, of the last flag and the last event of an incident; -1 of any other. */
    private long[] numbers(String id) {
        String[] parts = id == null ? new String[0] : id.split("-", -1);
        try {
            if (parts.length == 3 && parts[0].equals(Long.toString(epoch))) {
                return new long[] {Long.parseLong(parts[1]), Long.parseLong(parts[2])};
            }
        } catch (NumberFormatException e) {
            return new long[] {-1, -1};
        }
        return new long[] {-1, -1};
    }

    private final class Listener {
        private final String pipeline;
        private final OutputTail tail;
        /** The number of the last flag that it was told; -1 before the start. */
        private long last;

        /** The same of the events of incidents. */
        private long lastIncident;

        private long time;

        Listener(String pipeline, OutputTail tail, long[] last) {
            this.pipeline = pipeline;
            this.tail = tail;
            this.last = last[0];
            lastIncident = last[1];
        }

        private List<Event<?>> next(long beat) {
            List<Event<?>> events = new ArrayList<>();
            if (tail.hasCaughtUp()) {
                addFlags(events);
                addIncidents(events);
            }
            if (beat % 2 == 0) {
                var activity = PipelinesController.view(history, instances, pipeline, time);
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
                lastIncident = tail.incidents().events().last();
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

        /** Of an incident with several events, the latest. */
        private void addIncidents(List<Event<?>> events) {
            RecentLog<ToldIncident> told = tail.incidents().events();
            List<IncidentView> items = new ArrayList<>();
            Set<String> ids = new HashSet<>();
            List<RecentLog.Entry<ToldIncident>> fresh = told.after(lastIncident, MOST_INCIDENTS);
            for (RecentLog.Entry<ToldIncident> entry : fresh) {
                if (ids.add(entry.value().id())) {
                    items.add(IncidentView.of(entry));
                }
            }
            if (!items.isEmpty()) {
                lastIncident = items.get(0).number();
                events.add(Event.of(new NewIncidents(items)).name("incidents").id(id()));
            }
        }

        private String id() {
            return epoch + "-" + last + "-" + lastIncident;
        }
    }
}
