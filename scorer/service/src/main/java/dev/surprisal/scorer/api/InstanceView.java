package dev.surprisal.scorer.api;

import dev.surprisal.scorer.instance.InstanceSummary;
import dev.surprisal.scorer.instance.InstanceSummary.Partition;
import dev.surprisal.scorer.ops.PipelineInstances;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import java.time.Instant;
import java.util.List;

/**
 * An instance of a pipeline, as it said last.
 *
 * @param name what it is called, or a name of its own making
 * @param answers whether it is the one that answers
 * @param silent whether it has said nothing for 15 s; then it is counted in nowhere
 * @param heardSecondsAgo when it said something last
 * @param started when it started
 * @param state {@code WAITING}, or that of Kafka Streams
 * @param scoring whether it scores
 * @param failure what it waits for, or why it died; absent where it lacks nothing
 * @param modelVersion of the model that scores; absent while there is none
 * @param shadowVersion of the model that scores beside it; absent for none
 * @param partitions that it has
 * @param recordsPerSecond polled lately; 0 of one that is silent
 * @param lag records of its partitions that are still to be scored
 * @param records polled since it started
 */
@Introspected
record InstanceView(
        String name,
        boolean answers,
        boolean silent,
        long heardSecondsAgo,
        Instant started,
        String state,
        boolean scoring,
        @Nullable String failure,
        @Nullable String modelVersion,
        @Nullable String shadowVersion,
        List<Integer> partitions,
        double recordsPerSecond,
        long lag,
        long records) {

    private static final int MILLIS = 1_000;

    static InstanceView of(PipelineInstances.Told told) {
        InstanceSummary said = told.summary();
        return new InstanceView(
                said.instance(),
                told.own(),
                told.silent(),
                told.age() / MILLIS,
                Instant.ofEpochMilli(said.started()),
                said.state(),
                said.scoring(),
                said.failure(),
                said.modelVersion(),
                said.shadowVersion(),
                said.partitions().stream().map(Partition::partition).sorted().toList(),
                told.recordsPerSecond(),
                said.partitions().stream().mapToLong(Partition::lag).sum(),
                said.records());
    }
}
