package dev.surprisal.engine;

import dev.surprisal.schemas.model.ModelException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A message in the wire format of Protocol Buffers, read field by field in place: nothing is copied, so that no message costs more than its bytes. */
final class WireMessage {

    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;
    private static final int TYPE_BITS = 3;

    private final byte[] bytes;
    private final int end;
    private int at;
    private int keyAt;
    private int field;
    private int type;
    private long number;
    private int start;
    private int length;

    WireMessage(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private WireMessage(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
    }

    /**
     * Goes on to the next field.
     *
     * @return false at the end
     * @throws ModelException if the bytes are no such message
     */
    boolean next() {
        if (at >= end) {
            return false;
        }
        keyAt = at;
        long key = varint();
        field = (int) (key >>> TYPE_BITS);
        type = (int) (key & ((1 << TYPE_BITS) - 1));
        switch (type) {
            case VARINT -> number = varint();
            case FIXED_64 -> skip(Long.BYTES);
            case FIXED_32 -> skip(Integer.BYTES);
            case BYTES -> {
                long size = varint();
                if (size < 0 || size > end - at) {
                    throw broken();
                }
                skip((int) size);
            }
            default -> throw broken();
        }
        return true;
    }

    private void skip(int size) {
        if (size > end - at) {
            throw broken();
        }
        start = at;
        length = size;
        at += size;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (at >= end) {
                throw broken();
            }
            byte next = bytes[at++];
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw broken();
    }

    /** Which field it is. */
    int field() {
        return field;
    }

    /** Its value, where that is a whole number. */
    long number() {
        if (type != VARINT) {
            throw broken();
        }
        return number;
    }

    /** How many bytes its value has. */
    int length() {
        return length;
    }

    String text() {
        return new String(bytes, start, requireBytes(), StandardCharsets.UTF_8);
    }

    /** Its value, where that is a message. */
    WireMessage message() {
        return new WireMessage(bytes, start, start + requireBytes());
    }

    private int requireBytes() {
        if (type != BYTES) {
            throw broken();
        }
        return length;
    }

    /** The whole numbers of a repeated field, each as a field of its own or all of them packed into one. */
    void numbers(Numbers to) {
        if (type == VARINT) {
            to.add(number);
            return;
        }
        WireMessage packed = message();
        while (packed.at < packed.end) {
            to.add(packed.varint());
        }
    }

    /** The little-endian longs that its bytes are. */
    void longs(Numbers to) {
        int size = requireBytes();
        for (int i = 0; i + Long.BYTES <= size; i += Long.BYTES) {
            long value = 0;
            for (int b = Long.BYTES - 1; b >= 0; b--) {
                value = (value << Byte.SIZE) | (bytes[start + i + b] & 0xFFL);
            }
            to.add(value);
        }
    }

    /** Takes numbers one after the other. */
    interface Numbers {
        void add(long number);
    }

    /** Writes the field that it is at as it is. */
    void copyTo(ByteArrayOutputStream to) {
        to.write(bytes, keyAt, at - keyAt);
    }

    /** Writes a field that holds a message. */
    static void write(ByteArrayOutputStream to, int field, byte[] message) {
        writeVarint(to, ((long) field << TYPE_BITS) | BYTES);
        writeVarint(to, message.length);
        to.writeBytes(message);
    }

    private static void writeVarint(ByteArrayOutputStream to, long number) {
        long rest = number;
        for (; rest > 0x7F; rest >>>= 7) {
            to.write((int) ((rest & 0x7F) | 0x80));
        }
        to.write((int) rest);
    }

    private static ModelException broken() {
        return new ModelException("its bytes are no message of Protocol Buffers");
    }
}
