package dev.surprisal.scorer.ops;

import dev.surprisal.scorer.drift.DriftMonitors;
import dev.surprisal.scorer.instance.InstanceSummary;
import dev.surprisal.scorer.stream.PipelineStreams;
import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the instances of each pipeline did in each of the last seconds since this one started; and, every other second, what this one tells the others. */
@Singleton
public final class ActivityHistory {

    private static final int SECONDS = 600;

    private final Activities activities;
    private final Pipelines pipelines;
    private final DriftMonitors drift;
    private final Instances instances;
    private final Map<String, Deque<Sample>> samples = new ConcurrentHashMap<>();
    private boolean tells;

    /**
     * What happened in about a second.
     *
     * @param time its end, milliseconds since 1970-01-01T00:00Z
     * @param records a second, polled
     * @param flags a second
     * @param deadLetters a second
     * @param lag records still to be scored
     * @param latencyMedian from the timestamps of records to their verdicts, seconds; null where there were none
     * @param latencyP99 the same of the latest in a hundred
     */
    public record Sample(
            long time,
            double records,
            double flags,
            double deadLetters,
            long lag,
            Double latencyMedian,
            Double latencyP99) {}

    /**
     * Scores of the last minutes.
     *
     * @param modelVersion of the model that gave them
     * @param reference what they are compared with
     * @param counts of scores in the reference's bins
     * @param seconds over which they were counted
     * @param part the instances that counted
     */
    public record Distribution(
            String modelVersion, ScoreReference reference, long[] counts, int seconds, PipelineInstances.Part part) {}

    ActivityHistory(Activities activities, Pipelines pipelines, DriftMonitors drift, Instances instances) {
        this.activities = activities;
        this.pipelines = pipelines;
        this.drift = drift;
        this.instances = instances;
    }

    @Scheduled(fixedRate = "1s")
    void sample() {
        List<InstanceSummary> own = new ArrayList<>();
        for (PipelineStreams streams : pipelines.all()) {
            String name = streams.pipeline().name();
            PipelineInstances all = instances.of(name);
            long now = instances.now();
            InstanceSummary summary = OwnSummary.of(
                    all.name(),
                    instances.started(),
                    now,
                    streams,
                    activities.of(name),
                    drift.of(name).report());
            own.add(summary);
            all.tell(summary, now);
            add(name, all.sample(now));
        }
        tells = !tells;
        if (tells) {
            instances.write(own);
        }
    }

    private void add(String pipeline, Sample sample) {
        if (sample == null) {
            return;
        }
        Deque<Sample> last = samples.computeIfAbsent(pipeline, key -> new ArrayDeque<>());
        synchronized (last) {
            last.addLast(sample);
            while (last.size() > SECONDS) {
                last.removeFirst();
            }
        }
    }

    /** The samples after a time, the oldest first. */
    public List<Sample> samples(String pipeline, long after) {
        Deque<Sample> last = samples.get(pipeline);
        if (last == null) {
            return List.of();
        }
        synchronized (last) {
            return last.stream().filter(sample -> sample.time > after).toList();
        }
    }

    /** The scores of the last two minutes; null until there are any. */
    public Distribution distribution(String pipeline) {
        PipelineActivity.Scores here = activities.of(pipeline).scoresByReference();
        return instances
                .of(pipeline)
                .distribution(
                        pipelines.find(pipeline).flatMap(PipelineStreams::model).orElse(null),
                        here == null ? null : here.reference(),
                        instances.now());
    }
}
