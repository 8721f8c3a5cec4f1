package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.event.Topics;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;

/** records -> scored -> scores, shadow scores, anomalies, incidents, silences, dead letters */
final class ScoringTopology {

    static final String SCORES = "scores";
    static final String SHADOW_SCORES = "shadow-scores";
    static final String ANOMALIES = "anomalies";
    static final String DEAD_LETTERS = "dead-letters";
    static final String INCIDENTS = "incidents";
    static final String SILENCES = "silences";

    private static final String RECORDS = "records";
    private static final String SCORED = "scored";

    /** Where a group starts is a property of its consumers. */
    private static final AutoOffsetReset GROUPS_OWN = null;

    private ScoringTopology() {}

    /** The stores that the topology of a pipeline has, each with what is special about its changelog. */
    static Map<String, Map<String, String>> stores(Pipeline pipeline) {
        Map<String, Map<String, String>> stores = new TreeMap<>();
        if (pipeline.remembers()) {
            stores.put(StreamAlarms.STORE, Map.of());
        }
        if (!pipeline.incidents().isOff()) {
            stores.put(StreamIncidents.STORE, StreamIncidents.LOG_CONFIGS);
        }
        if (!pipeline.silences().isOff()) {
            stores.put(StreamSilences.STORE, StreamIncidents.LOG_CONFIGS);
        }
        return stores;
    }

    static Topology of(Pipeline pipeline, ProcessorSupplier<byte[], byte[], byte[], byte[]> scoring) {
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
        if (!pipeline.silences().isOff()) {
            topology.addSink(SILENCES, topics.silences(), bytes.serializer(), bytes.serializer(), SCORED)
                    .addStateStore(StreamSilences.store(), SCORED);
        }
        return pipeline.remembers() ? topology.addStateStore(StreamAlarms.store(), SCORED) : topology;
    }

    /** A record's timestamp, 0 where it has none: the extractors of Kafka Streams would stop at such a record, or pass it over. */
    private static long timestamp(ConsumerRecord<Object, Object> record, long partitionTime) {
        return Math.max(0, record.timestamp());
    }
}
