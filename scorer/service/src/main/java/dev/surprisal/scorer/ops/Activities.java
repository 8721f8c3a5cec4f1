package dev.surprisal.scorer.ops;

import java.time.Clock;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the pipelines of this process have done, by the pipeline's name. */
public final class Activities {

    private final SortedMap<String, PipelineActivity> byName = new TreeMap<>();

    public Activities(Iterable<String> pipelines, Clock clock) {
        pipelines.forEach(name -> byName.put(name, new PipelineActivity(clock)));
    }

    /**
     * The activity of one pipeline.
     *
     * @throws NoSuchElementException if there is no such pipeline
     */
    public PipelineActivity of(String pipeline) {
        PipelineActivity activity = byName.get(pipeline);
        if (activity == null) {
            throw new NoSuchElementException("there is no pipeline '" + pipeline + "'");
        }
        return activity;
    }

    Map<String, PipelineActivity> all() {
        return byName;
    }
}
