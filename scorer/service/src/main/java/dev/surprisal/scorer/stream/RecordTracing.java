package dev.surprisal.scorer.stream;

import java.util.Properties;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Follows records from where they come from to what is made of them. Its methods throw nothing: a record is worth more than its trace. */
public interface RecordTracing extends AutoCloseable {

    /** Follows nothing, and costs nothing. */
    RecordTracing OFF = new RecordTracing() {
        @Override
        public Span begin(Headers incoming, RecordMetadata source, ScoredRecord scored, BatchTimes times) {
            return () -> {};
        }

        @Override
        public void continueIn(Headers outgoing) {
            // There is nothing to continue.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    /** What is done with one record; whatever the same thread sends until it is closed continues its trace. */
    interface Span extends AutoCloseable {

        /** The record could not be finished, and will be taken up again. */
        default void failed(RuntimeException e) {}

        @Override
        void close();
    }

    /**
     * Begins the span of a record, at the time when its batch was polled.
     *
     * @param incoming its headers, which may hold the context of whoever sent it
     * @param source where it lies
     * @param scored what became of it; null where it is still to be scored
     * @param times of its batch; null where it comes without one, and its span begins now
     */
    Span begin(Headers incoming, RecordMetadata source, ScoredRecord scored, BatchTimes times);

    /** Writes the context of this thread's span into the headers of what is sent, in place of any other; does nothing outside of a span. */
    void continueIn(Headers outgoing);

    /** Hands on what was followed; waits some seconds at most. */
    @Override
    void close();

    /** Has batches timed, and lets producers of Kafka Streams write contexts, beside whatever interceptors the user has. */
    static void addTo(Properties streams, RecordTracing tracing) {
        if (tracing == OFF) {
            return;
        }
        String key = StreamsConfig.producerPrefix(ProducerConfig.INTERCEPTOR_CLASSES_CONFIG);
        Object others = streams.get(key);
        streams.put(key, (others == null ? "" : others + ",") + TraceAtSend.class.getName());
        streams.put(StreamsConfig.producerPrefix(TraceAtSend.TRACING), tracing);
        streams.put(StreamsConfig.mainConsumerPrefix(ScoreAtPoll.FOLLOWED), true);
    }
}
