package dev.surprisal.schemas.event;

/**
 * The topics that belong to a topic of records, or to a pipeline of several.
 *
 * @param records the topic of records, or the pipeline's name
 */
public record Topics(String records) {

    /** What the names of topics that a pipeline writes end with, after a dot, as a regular expression. */
    public static final String ENDINGS =
            "scores|shadow-scores|anomalies|dead-letters|model-events|incidents|labels|drift|silences";

    /** One {@link ScoreEvent} per record that could be scored. */
    public String scores() {
        return records + ".scores";
    }

    /** One {@link AnomalyEvent} per flagged record. */
    public String anomalies() {
        return records + ".anomalies";
    }

    /** One {@link IncidentEvent} whenever an incident is opened, has changed or is closed. */
    public String incidents() {
        return records + ".incidents";
    }

    /** One {@link ScoreEvent} by a shadow model per record that it could score. */
    public String shadowScores() {
        return records + ".shadow-scores";
    }

    /** One {@link ModelEvent} whenever an instance begins to score with a model, or refuses one. */
    public String modelEvents() {
        return records + ".model-events";
    }

    /** One {@link DriftEvent} whenever an instance finds that a field, or the scores, began or ceased to be unlike training. */
    public String drift() {
        return records + ".drift";
    }

    /** One {@link SilenceEvent} whenever a key falls silent against its own habit, or comes again. */
    public String silences() {
        return records + ".silences";
    }

    /** One record per record that could not be scored: its original key, value and headers, and those of {@link DeadLetterHeaders}. */
    public String deadLetters() {
        return records + ".dead-letters";
    }

    /** One {@link LabelEvent} whenever somebody says what a record is; compacted by the record's {@link RecordCoordinates}. */
    public String labels() {
        return records + ".labels";
    }
}
