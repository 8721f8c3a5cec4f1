package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.event.DeadLetterHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A record that could not be scored, on its way to the topic of dead letters: as it came, with headers that say why. */
final class DeadLetter {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetter.class);
    private static final int HEADER_OVERHEAD = 16;

    private DeadLetter() {}

    /**
     * The dead letter of a record.
     *
     * <p>A broker that refuses a record ends its transaction, and the same record would end the next one too; so what the topic does not take is left out
     * before.
     *
     * @param mostBytes what the topic takes; where the record is larger, its value is left out and its length told, and if that is not enough, its key and
     *     its own headers too
     */
    static Record<byte[], byte[]> of(
            Record<byte[], byte[]> record,
            RecordMetadata source,
            Outcome.Refused refused,
            String modelVersion,
            int mostBytes) {
        Headers why = why(record, source, refused, modelVersion);
        Headers headers = new RecordHeaders(record.headers());
        for (Header header : why) {
            // Those of an earlier life as a dead letter would contradict these.
            headers.remove(header.key());
            headers.add(header);
        }
        headers.remove(DeadLetterHeaders.DROPPED_VALUE_BYTES);
        if (size(record.key(), record.value(), headers) <= mostBytes) {
            return new Record<>(record.key(), record.value(), record.timestamp(), headers);
        }
        int length = OutputLimits.length(record.value());
        put(headers, DeadLetterHeaders.DROPPED_VALUE_BYTES, Integer.toString(length));
        put(why, DeadLetterHeaders.DROPPED_VALUE_BYTES, Integer.toString(length));
        boolean keyFits = size(record.key(), null, headers) <= mostBytes;
        LOG.warn(
                "the dead letter of {}-{} offset {} goes without its value of {} bytes{}, because its topic takes {} bytes",
                source.topic(),
                source.partition(),
                source.offset(),
                length,
                keyFits ? "" : ", its key and its own headers",
                mostBytes);
        return keyFits
                ? new Record<>(record.key(), null, record.timestamp(), headers)
                : new Record<>(null, null, record.timestamp(), why);
    }

    private static Headers why(
            Record<byte[], byte[]> record, RecordMetadata source, Outcome.Refused refused, String modelVersion) {
        Headers headers = new RecordHeaders();
        put(headers, DeadLetterHeaders.STEP, refused.step().name().toLowerCase(Locale.ROOT));
        put(headers, DeadLetterHeaders.REASON, refused.reason());
        put(headers, DeadLetterHeaders.EXCEPTION, refused.exception());
        put(headers, DeadLetterHeaders.TOPIC, source.topic());
        put(headers, DeadLetterHeaders.PARTITION, Integer.toString(source.partition()));
        put(headers, DeadLetterHeaders.OFFSET, Long.toString(source.offset()));
        put(headers, DeadLetterHeaders.TIMESTAMP, Long.toString(record.timestamp()));
        put(headers, DeadLetterHeaders.MODEL_VERSION, modelVersion);
        return headers;
    }

    private static long size(byte[] key, byte[] value, Headers headers) {
        long size = (long) OutputLimits.OVERHEAD + OutputLimits.length(key) + OutputLimits.length(value);
        for (Header header : headers) {
            // A character takes up to three bytes.
            size += 3L * header.key().length() + HEADER_OVERHEAD + OutputLimits.length(header.value());
        }
        return size;
    }

    private static void put(Headers headers, String key, String value) {
        headers.add(key, value.getBytes(StandardCharsets.UTF_8));
    }
}
