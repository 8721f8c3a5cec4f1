package dev.surprisal.schemas.event;

import org.apache.avro.generic.IndexedRecord;

/**
 * Writes events as the bytes that a topic has. Of one thread.
 *
 * @param <E> the event
 */
@FunctionalInterface
public interface EventEncoder<E extends IndexedRecord> {

    /** The value of the event's record. */
    byte[] write(E event);
}
