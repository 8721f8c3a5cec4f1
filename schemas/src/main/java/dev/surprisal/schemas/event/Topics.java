package dev.surprisal.schemas.event;

/**
 * The topics that belong to a topic of records.
 *
 * @param records the topic of records
 */
public record Topics(String records) {

    /** One {@link ScoreEvent} per record that could be scored. */
    public String scores() {
        return records + ".scores";
    }

    /** One {@link AnomalyEvent} per flagged record. */
    public String anomalies() {
        return records + ".anomalies";
    }

    /** One record per record that could not be scored: its original key, value and headers, and those of {@link DeadLetterHeaders}. */
    public String deadLetters() {
        return records + ".dead-letters";
    }
}
