package dev.surprisal.scorer.incident;

import dev.surprisal.engine.FieldReason;
import dev.surprisal.engine.Verdict;
import dev.surprisal.scorer.kafka.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What incidents and rules look at in a flag.
 *
 * @param topic of the record
 * @param partition of the record
 * @param offset of the record
 * @param timestamp of the record, milliseconds since 1970-01-01T00:00Z
 * @param key of the record, as people and rules see it; null where it has none
 * @param identity the same for the same key only, however long it is; null where it has none
 * @param surprise bits
 * @param causes the first reason, and others that weigh; at least one
 * @param sentence why it is flagged
 * @param modelVersion of the model that flagged it
 */
public record FlaggedRecord(
        String topic,
        int partition,
        long offset,
        long timestamp,
        String key,
        String identity,
        double surprise,
        List<Cause> causes,
        String sentence,
        String modelVersion) {

    /** A reason with at least this share of the surprise weighs; it is also named in the flag's sentence. */
    private static final double WEIGHTY = 0.2;

    private static final int MOST_KEY_BYTES = 200;
    private static final int MOST_SENTENCE = 1_000;

    /** A flag as it leaves the engine; its text is bounded. */
    public static FlaggedRecord of(
            String topic,
            int partition,
            long offset,
            long timestamp,
            byte[] key,
            Verdict verdict,
            String modelVersion) {
        List<Cause> causes = new ArrayList<>();
        for (FieldReason reason : verdict.reasons()) {
            if (causes.isEmpty() || reason.share() >= WEIGHTY) {
                causes.add(Cause.of(reason));
            }
        }
        String sentence = verdict.sentence();
        String text = text(key);
        return new FlaggedRecord(
                topic,
                partition,
                offset,
                timestamp,
                text,
                text != null && text.endsWith("…") ? text + sha256(key) : text,
                verdict.surprise(),
                causes.isEmpty() ? List.of(Cause.UNKNOWN) : causes,
                sentence.length() > MOST_SENTENCE ? sentence.substring(0, MOST_SENTENCE - 1) + "…" : sentence,
                modelVersion);
    }

    /** A key as people and rules see it: its first 200 bytes, in hexadecimal where it is no text. */
    public static String text(byte[] key) {
        return Bytes.text(key, MOST_KEY_BYTES);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** What it is flagged for in the first place. */
    public Cause cause() {
        return causes.get(0);
    }

    /** The record's place in its topic, as PARTITION-OFFSET. */
    String place() {
        return partition + "-" + offset;
    }
}
