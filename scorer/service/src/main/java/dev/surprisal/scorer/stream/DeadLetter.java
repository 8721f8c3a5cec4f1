package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.event.DeadLetterHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** A record that could not be scored, on its way to the topic of dead letters: as it came, with headers that say why. */
final class DeadLetter {

    /** What the format of a record adds to its key, value and headers, rounded up. */
    private static final int OVERHEAD = 512;

    private DeadLetter() {}

    /**
     * The dead letter of a record.
     *
     * @param mostBytes what the topic takes; where the record is larger, its value is left out and its length told
     */
    static Record<byte[], byte[]> of(
            Record<byte[], byte[]> record,
            RecordMetadata source,
            Outcome.Refused refused,
            String modelVersion,
            long mostBytes) {
        Headers headers = new RecordHeaders(record.headers());
        put(headers, DeadLetterHeaders.STEP, refused.step().name().toLowerCase(Locale.ROOT));
        put(headers, DeadLetterHeaders.REASON, refused.reason());
        put(headers, DeadLetterHeaders.EXCEPTION, refused.exception());
        put(headers, DeadLetterHeaders.TOPIC, source.topic());
        put(headers, DeadLetterHeaders.PARTITION, Integer.toString(source.partition()));
        put(headers, DeadLetterHeaders.OFFSET, Long.toString(source.offset()));
        put(headers, DeadLetterHeaders.TIMESTAMP, Long.toString(record.timestamp()));
        put(headers, DeadLetterHeaders.MODEL_VERSION, modelVersion);
        byte[] value = record.value();
        if (value != null && size(record, headers) > mostBytes) {
            put(headers, DeadLetterHeaders.DROPPED_VALUE_BYTES, Integer.toString(value.length));
            value = null;
        }
        return new Record<>(record.key(), value, Math.max(0, record.timestamp()), headers);
    }

    private static long size(Record<byte[], byte[]> record, Headers headers) {
        long size = (long) OVERHEAD + length(record.key()) + length(record.value());
        for (Header header : headers) {
            size += header.key().length() + 16L + length(header.value());
        }
        return size;
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static void put(Headers headers, String key, String value) {
        headers.add(key, value.getBytes(StandardCharsets.UTF_8));
    }
}
