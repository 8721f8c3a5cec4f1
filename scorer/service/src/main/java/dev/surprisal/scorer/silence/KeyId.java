package dev.surprisal.scorer.silence;

import dev.surprisal.scorer.kafka.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A key of a topic, the same for the same key only: of one that is longer than {@value #MOST_BYTES} bytes, these and a SHA-256.
 */
final class KeyId {

    private static final int MOST_BYTES = 200;

    private final String topic;
    private final byte[] key;
    private final int hash;

    private KeyId(String topic, byte[] key) {
        this.topic = topic;
        this.key = key;
        hash = 31 * Arrays.hashCode(key) + topic.hashCode();
    }

    static KeyId of(String topic, byte[] key) {
        if (key.length <= MOST_BYTES) {
            return new KeyId(topic, key);
        }
        byte[] sha256 = sha256(key);
        byte[] bounded = Arrays.copyOf(key, MOST_BYTES + sha256.length);
        System.arraycopy(sha256, 0, bounded, MOST_BYTES, sha256.length);
        return new KeyId(topic, bounded);
    }

    /** One that was bounded before. */
    static KeyId kept(String topic, byte[] key) {
        return new KeyId(topic, key);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    String topic() {
        return topic;
    }

    byte[] key() {
        return key;
    }

    /** As people see it. */
    String text() {
        return Bytes.text(key, MOST_BYTES);
    }

    /** Topic and key, with what is in no topic's name between. */
    byte[] bytes() {
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(name.length + 1 + key.length)
                .put(name)
                .put((byte) 0)
                .put(key)
                .array();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyId that
                && hash == that.hash
                && Arrays.equals(key, that.key)
                && topic.equals(that.topic);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
