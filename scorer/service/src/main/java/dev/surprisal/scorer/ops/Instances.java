package dev.surprisal.scorer.ops;

import dev.surprisal.scorer.instance.InstanceListener;
import dev.surprisal.scorer.instance.InstanceLog;
import dev.surprisal.scorer.instance.InstanceSummary;
import dev.surprisal.scorer.instance.InstanceTopic;
import dev.surprisal.scorer.stream.Pipeline;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** The instances of the pipelines of this process, by the pipeline's name. */
public final class Instances implements InstanceListener, AutoCloseable {

    private static final int SUFFIX = 8;

    private final Clock clock;
    private final long started;
    private final SortedMap<String, PipelineInstances> byName = new TreeMap<>();
    private final Map<Map<String, String>, InstanceLog> byConnection = new HashMap<>();
    private final Map<String, InstanceLog> logs = new HashMap<>();

    public Instances(List<Pipeline> pipelines, Clock clock) {
        this.clock = clock;
        started = clock.millis();
        // One without a name is another one after each start.
        String unnamed = "unnamed-" + UUID.randomUUID().toString().substring(0, SUFFIX);
        for (Pipeline pipeline : pipelines) {
            byName.put(
                    pipeline.name(),
                    new PipelineInstances(pipeline.instance() == null ? unnamed : pipeline.instance()));
            logs.put(
                    pipeline.name(),
                    byConnection.computeIfAbsent(pipeline.kafka(), kafka -> new InstanceLog(kafka, this, clock)));
        }
    }

    /** Starts reading; for when the topics are there. */
    public void start() {
        byConnection.values().forEach(InstanceLog::start);
    }

    /**
     * Those of one of the pipelines.
     *
     * @throws NoSuchElementException if there is no such pipeline
     */
    public PipelineInstances of(String pipeline) {
        PipelineInstances instances = byName.get(pipeline);
        if (instances == null) {
            throw new NoSuchElementException("there is no pipeline '" + pipeline + "'");
        }
        return instances;
    }

    /** When this process started, milliseconds since 1970-01-01T00:00Z. */
    long started() {
        return started;
    }

    /** Now, by the clock that ages what is heard. */
    public long now() {
        return clock.millis();
    }

    /** Why the other instances of a pipeline cannot be heard at the moment; null while they can. */
    public String failure(String pipeline) {
        return logs.get(pipeline).failure();
    }

    /** Tells the others how the pipelines of this process are, without waiting. */
    void write(List<InstanceSummary> summaries) {
        byConnection.values().forEach(log -> {
            List<InstanceSummary> own = new ArrayList<>(summaries);
            own.removeIf(summary -> logs.get(summary.pipeline()) != log);
            log.write(own);
        });
    }

    @Override
    public void heard(InstanceSummary summary, long time) {
        PipelineInstances instances = byName.get(summary.pipeline());
        if (instances != null) {
            instances.hear(summary, time);
        }
    }

    @Override
    public void left(InstanceTopic.Key instance) {
        PipelineInstances instances = byName.get(instance.pipeline());
        if (instances != null) {
            instances.leave(instance.instance());
        }
    }

    @Override
    public void close() {
        byConnection.values().forEach(InstanceLog::close);
    }
}
