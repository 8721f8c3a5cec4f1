package dev.surprisal.scorer.ops;

/**
 * A record that could not be scored, as a consumer of the topic of dead letters reads it.
 *
 * @param partition of the record
 * @param offset of the record
 * @param timestamp of the record, milliseconds since 1970-01-01T00:00Z
 * @param key of the record, as text; may be null
 * @param step at which it could not go on
 * @param reason why, in one sentence
 * @param value the beginning of the record's value, as text; null where it has none
 * @param valueBytes how long the value is
 */
public record Refusal(
        int partition,
        long offset,
        long timestamp,
        String key,
        String step,
        String reason,
        String value,
        int valueBytes) {

    int bytes() {
        return 200 + reason.length() + (value == null ? 0 : value.length()) + (key == null ? 0 : key.length());
    }
}
