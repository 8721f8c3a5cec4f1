package dev.surprisal.scorer.feedback;

import dev.surprisal.schemas.event.RecordCoordinates;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record as its topic has it.
 *
 * @param at where it stands
 * @param timestamp milliseconds since 1970-01-01T00:00Z
 * @param key may be null
 * @param value may be null
 */
public record StoredRecord(RecordCoordinates at, long timestamp, byte[] key, byte[] value) {

    static StoredRecord of(ConsumerRecord<byte[], byte[]> record) {
        return new StoredRecord(
                new RecordCoordinates(record.topic(), record.partition(), record.offset()),
                record.timestamp(),
                record.key(),
                record.value());
    }

    StoredRecord with(byte[] otherValue) {
        return new StoredRecord(at, timestamp, key, otherValue);
    }
}
