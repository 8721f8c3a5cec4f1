package dev.surprisal.scorer.drift;

import dev.surprisal.scorer.stream.Pipeline;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Who watches the pipelines of this process for drift, by the pipeline's name. */
public final class DriftMonitors implements AutoCloseable {

    private final SortedMap<String, DriftMonitor> byName = new TreeMap<>();
    private final List<DriftEvents> events = new ArrayList<>();

    public DriftMonitors(List<Pipeline> pipelines, Clock clock) {
        for (Pipeline pipeline : pipelines) {
            DriftEvents told = new DriftEvents(pipeline, clock);
            events.add(told);
            byName.put(pipeline.name(), new DriftMonitor(pipeline.drift(), told));
        }
    }

    /** Who watches one of the pipelines. */
    public DriftMonitor of(String pipeline) {
        return byName.get(pipeline);
    }

    /** All of them, by the pipeline's name. */
    public Map<String, DriftMonitor> all() {
        return byName;
    }

    /** Sends what is still to be told. */
    @Override
    public void close() {
        events.forEach(DriftEvents::close);
    }
}
