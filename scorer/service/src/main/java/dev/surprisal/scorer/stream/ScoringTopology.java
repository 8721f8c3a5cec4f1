package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.event.Topics;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;

/** records -> scored -> scores, shadow scores, anomalies, incidents, dead letters */
final class ScoringTopology {

    static final String SCORES = "scores";
    static final String SHADOW_SCORES = "shadow-scores";
    static final String ANOMALIES = "anomalies";
    static final String DEAD_LETTERS = "dead-letters";
    static final String INCIDENTS = "incidents";

    /** The stores that it may have. */
    static final List<String> STORES = List.of(StreamAlarms.STORE, StreamIncidents.STORE);

    private static final String RECORDS = "records";
    private static final String SCORED = "scored";

    /** Where a group starts is a property of its consumers. */
    private static final AutoOffsetReset GROUPS_OWN = null;

    private ScoringTopology() {}

    /** @param remembers whether the flags of a record depend on those before, so that there is a store for what is remembered of them */
    static Topology of(
            Pipeline pipeline, ProcessorSupplier<byte[], byte[], byte[], byte[]> scoring, boolean remembers) {
        var bytes = Serdes.ByteArray();
        Topics topics = pipeline.topics();
        Topology topology = new Topology();
        if (pipeline.pattern() == null) {
            topology.addSource(
                    GROUPS_OWN,
                    RECORDS,
                    ScoringTopology::timestamp,
                    bytes.deserializer(),
                    bytes.deserializer(),
                    pipeline.topic());
        } else {
            topology.addSource(
                    GROUPS_OWN,
                    RECORDS,
                    ScoringTopology::timestamp,
                    bytes.deserializer(),
                    bytes.deserializer(),
                    pipeline.regex());
        }
        topology.addProcessor(SCORED, scoring, RECORDS)
                .addSink(SCORES, topics.scores(), bytes.serializer(), bytes.serializer(), SCORED)
                .addSink(SHADOW_SCORES, topics.shadowScores(), bytes.serializer(), bytes.serializer(), SCORED)
                .addSink(ANOMALIES, topics.anomalies(), bytes.serializer(), bytes.serializer(), SCORED)
                .addSink(DEAD_LETTERS, topics.deadLetters(), bytes.serializer(), bytes.serializer(), SCORED);
        if (!pipeline.incidents().isOff()) {
            topology.addSink(INCIDENTS, topics.incidents(), bytes.serializer(), bytes.serializer(), SCORED)
                    .addStateStore(StreamIncidents.store(), SCORED);
        }
        return remembers ? topology.addStateStore(StreamAlarms.store(), SCORED) : topology;
    }

    /** A record's timestamp, 0 where it has none: the extractors of Kafka Streams would stop at such a record, or pass it over. */
    private static long timestamp(ConsumerRecord<Object, Object> record, long partitionTime) {
        return Math.max(0, record.timestamp());
    }
}
