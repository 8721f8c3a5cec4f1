package dev.surprisal.trainer.data;

import dev.surprisal.schemas.record.Vocabulary;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The SHA-256 of rows, row by row in their order, and of what their codes mean. */
final class Fingerprint {

    private final MessageDigest digest;
    private final ByteBuffer chunk = ByteBuffer.allocate(1 << 16);

    private Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static String of(Rows rows, EncodedRows anomalies, List<Vocabulary> vocabularies) {
        Fingerprint fingerprint = new Fingerprint();
        fingerprint.put(rows.numberColumns());
        fingerprint.put(rows.categoryColumns());
        rows.forEachBlock(fingerprint::put);
        fingerprint.put(anomalies);
        fingerprint.flush();
        vocabularies.forEach(fingerprint::put);
        return HexFormat.of().formatHex(fingerprint.digest.digest());
    }

    private void put(EncodedRows block) {
        int d = block.numberColumns();
        int c = block.categoryColumns();
        for (int row = 0; row < block.size(); row++) {
            for (int j = row * d; j < (row + 1) * d; j++) {
                put(Float.floatToIntBits(block.numbers()[j]));
            }
            for (int j = row * c; j < (row + 1) * c; j++) {
                put(block.categories()[j]);
            }
        }
    }

    private void put(int bits) {
        if (!chunk.hasRemaining()) {
            flush();
        }
        chunk.putInt(bits);
    }

    private void flush() {
        digest.update(chunk.flip());
        chunk.clear();
    }

    private void put(Vocabulary vocabulary) {
        for (String value : vocabulary.values()) {
            digest.update(value.getBytes(StandardCharsets.UTF_8));
            // No UTF-8 has this byte, so that no two lists of values look the same.
            digest.update((byte) 0xFF);
        }
        digest.update((byte) 0xFE);
    }
}
