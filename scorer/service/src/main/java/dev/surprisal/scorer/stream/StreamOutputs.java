package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.event.AnomalyEvent;
import dev.surprisal.schemas.event.EventEncoder;
import dev.surprisal.schemas.event.IncidentEvent;
import dev.surprisal.schemas.event.ScoreEvent;
import dev.surprisal.schemas.event.SilenceEvent;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.scorer.format.TopicFormats;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Record;

/**
 * What makes records of a stream's events. Of one thread.
 *
 * @param scores of the model that scores
 * @param shadowScores of the shadow
 * @param anomalies of flagged records
 * @param incidents what became of them
 * @param silences of keys
 */
record StreamOutputs(
        Output<ScoreEvent> scores,
        Output<ScoreEvent> shadowScores,
        Output<AnomalyEvent> anomalies,
        Output<IncidentEvent> incidents,
        Output<SilenceEvent> silences) {

    /**
     * Those of a pipeline.
     *
     * @throws dev.surprisal.scorer.format.RegistryException if their schemas' ids are not known as long as a registry does not answer
     */
    static StreamOutputs of(Pipeline pipeline, TopicFormats formats) {
        Topics topics = pipeline.topics();
        return new StreamOutputs(
                scores(topics.scores(), formats),
                scores(topics.shadowScores(), formats),
                output(AnomalyEvent.getClassSchema(), "anomaly", topics.anomalies(), formats),
                output(IncidentEvent.getClassSchema(), "incident", topics.incidents(), formats),
                output(SilenceEvent.getClassSchema(), "silence", topics.silences(), formats));
    }

    private static Output<ScoreEvent> scores(String topic, TopicFormats formats) {
        return new Output<>(formats.scoreEncoder(topic), new CloudEventHeaders("score", topic, formats.events()));
    }

    private static <E extends SpecificRecord> Output<E> output(
            Schema schema, String kind, String topic, TopicFormats formats) {
        return new Output<>(formats.encoder(schema, topic), new CloudEventHeaders(kind, topic, formats.events()));
    }

    /**
     * The events of one topic: values in the pipeline's format, headers by CloudEvents.
     *
     * @param values writes them
     * @param headers of them
     */
    record Output<E extends SpecificRecord>(EventEncoder<E> values, CloudEventHeaders headers) {

        /** @param id of the event, see {@link CloudEventHeaders#of} */
        Record<byte[], byte[]> record(byte[] key, byte[] value, String id, long timestamp) {
            return new Record<>(key, value, timestamp, headers.of(id, timestamp));
        }
    }
}
