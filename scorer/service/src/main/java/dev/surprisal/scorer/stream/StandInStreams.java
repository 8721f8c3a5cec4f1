package dev.surprisal.scorer.stream;

import dev.surprisal.scorer.kafka.KafkaAdmin;
import dev.surprisal.scorer.model.ModelSwitch;
import dev.surprisal.scorer.stream.PipelineTopics.Prepared;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;

/** Kafka Streams applications with all of a pipeline's set-up and something else in the place of batched scoring: what that costs can be told beside them only. */
public final class StandInStreams {

    private StandInStreams() {}

    /**
     * Makes one value of each record's and sends it to the topic of scores.
     *
     * @param work one for each task, called by one thread
     */
    public static KafkaStreams of(Pipeline pipeline, Supplier<UnaryOperator<byte[]>> work) {
        ProcessorSupplier<byte[], byte[], byte[], byte[]> processors = () -> new Worker(work.get());
        Prepared topics = prepare(pipeline);
        return streams(pipeline, ScoringTopology.of(pipeline, processors), topics);
    }

    /** Scores as the pipeline does, but each record by itself. */
    public static KafkaStreams oneByOne(Pipeline pipeline, ModelSwitch models) {
        Prepared topics = prepare(pipeline);
        return streams(pipeline, PipelineStreams.topology(pipeline, models, topics, StreamListener.NONE), topics);
    }

    private static Prepared prepare(Pipeline pipeline) {
        try (KafkaAdmin kafka = KafkaAdmin.connect(pipeline.kafka())) {
            return new PipelineTopics(pipeline, kafka).prepare();
        }
    }

    private static KafkaStreams streams(Pipeline pipeline, Topology topology, Prepared topics) {
        return new KafkaStreams(topology, StreamsProperties.of(pipeline, topics.limits()));
    }

    private static final class Worker extends ContextualProcessor<byte[], byte[], byte[], byte[]> {

        private final UnaryOperator<byte[]> work;

        Worker(UnaryOperator<byte[]> work) {
            this.work = work;
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            byte[] value = work.apply(record.value());
            context()
                    .forward(
                            new Record<>(record.key(), value, record.timestamp(), new RecordHeaders()),
                            ScoringTopology.SCORES);
        }
    }
}
