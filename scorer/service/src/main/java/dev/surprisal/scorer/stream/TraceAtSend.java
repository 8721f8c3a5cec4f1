package dev.surprisal.scorer.stream;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Writes the trace of the record in hand into the headers of what is sent because of it: Kafka Streams sends on the thread that processes. */
public final class TraceAtSend implements ProducerInterceptor<byte[], byte[]> {

    /** The producer property that holds the {@link RecordTracing}. */
    static final String TRACING = "surprisal.tracing";

    private RecordTracing tracing = RecordTracing.OFF;

    @Override
    public void configure(Map<String, ?> properties) {
        tracing = (RecordTracing) properties.get(TRACING);
    }

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
        tracing.continueIn(record.headers());
        return record;
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception exception) {
        // A trace ends where the record is handed over.
    }

    @Override
    public void close() {
        // Whoever made it closes the tracing.
    }
}
