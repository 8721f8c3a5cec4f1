package dev.surprisal.schemas.event;

import java.nio.ByteBuffer;

/**
 * What stands before a value in Avro, so that readers know its schema: a zero byte and the schema's id in a registry, four bytes, the highest first.
 *
 * <p>Confluent's format, which other registries have taken over. JSON never begins with a zero byte, so that a value tells by itself which of the two it is.
 */
public final class WireFormat {

    /** How many bytes stand before the value. */
    public static final int PREFIX = 5;

    private WireFormat() {}

    /** Whether a value is Avro behind a schema's id. */
    public static boolean isAvro(byte[] value) {
        return value != null && value.length >= PREFIX && value[0] == 0;
    }

    /** The schema's id; only of what {@link #isAvro}. */
    public static int id(byte[] value) {
        return ByteBuffer.wrap(value).getInt(1);
    }

    static byte[] prefix(int id) {
        return ByteBuffer.allocate(PREFIX).putInt(1, id).array();
    }
}
