package dev.surprisal.scorer.stream;

/**
 * The largest records that the output topics take, key, value and headers together.
 *
 * @param scoreBytes of the topics of scores and of shadow scores
 * @param anomalyBytes of the topic of anomalies
 * @param deadLetterBytes of the topic of dead letters
 */
record OutputLimits(int scoreBytes, int anomalyBytes, int deadLetterBytes) {

    /** What the format of a record, the headers of an event and those of a trace add to key and value, rounded up. */
    static final int OVERHEAD = 1 << 10;

    int largest() {
        return Math.max(scoreBytes, Math.max(anomalyBytes, deadLetterBytes));
    }

    static boolean fits(byte[] key, byte[] value, int limit) {
        return (long) OVERHEAD + length(key) + length(value) <= limit;
    }

    static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
