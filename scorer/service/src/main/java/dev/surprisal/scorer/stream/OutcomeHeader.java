package dev.surprisal.scorer.stream;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * An outcome that travels with its record from the consumer to the processor, in memory; it never reaches a topic.
 *
 * @param times of the record's batch; null where nobody follows it
 */
record OutcomeHeader(ScoredRecord scored, BatchTimes times) implements Header {

    private static final String KEY = "surprisal.outcome";
    private static final byte[] NOTHING = {};

    @Override
    public String key() {
        return KEY;
    }

    @Override
    public byte[] value() {
        return NOTHING;
    }

    /** What is on a record's headers, and stays there; null if there is nothing. */
    static OutcomeHeader look(Headers headers) {
        return headers.lastHeader(KEY) instanceof OutcomeHeader header ? header : null;
    }

    /** Takes the outcome off a record's headers; null if there is none. A header of that key from a topic is not one. */
    static ScoredRecord take(Headers headers) {
        Header last = headers.lastHeader(KEY);
        if (last instanceof OutcomeHeader header) {
            headers.remove(KEY);
            return header.scored;
        }
        return null;
    }
}
