package dev.surprisal.scorer.feedback;

import dev.surprisal.scorer.stream.Pipeline;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The labels of the pipelines' records, by the pipeline's name. */
public final class Labels implements AutoCloseable {

    private final SortedMap<String, LabelLog> byName = new TreeMap<>();

    public Labels(List<Pipeline> pipelines) {
        pipelines.forEach(pipeline -> byName.put(pipeline.name(), new LabelLog(pipeline)));
    }

    /** Starts following the topics. */
    public void start() {
        byName.values().forEach(LabelLog::start);
    }

    /** The labels of one of the pipelines. */
    public LabelLog of(String pipeline) {
        return byName.get(pipeline);
    }

    SortedMap<String, LabelLog> all() {
        return Collections.unmodifiableSortedMap(byName);
    }

    @Override
    public void close() {
        byName.values().forEach(LabelLog::close);
    }
}
