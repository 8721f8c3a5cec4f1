package dev.surprisal.scorer.ops;

import dev.surprisal.scorer.stream.Pipeline;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What came out of the pipelines lately, by the pipeline's name. */
public final class OutputTails implements AutoCloseable {

    private final SortedMap<String, OutputTail> byName = new TreeMap<>();

    public OutputTails(List<Pipeline> pipelines) {
        pipelines.forEach(pipeline -> byName.put(pipeline.name(), new OutputTail(pipeline)));
    }

    /** Starts reading; for when the topics are there. */
    public void start() {
        byName.values().forEach(OutputTail::start);
    }

    /** The tail of one of the pipelines. */
    public OutputTail of(String pipeline) {
        return byName.get(pipeline);
    }

    @Override
    public void close() {
        byName.values().forEach(OutputTail::close);
    }
}
