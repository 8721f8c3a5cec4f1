package dev.surprisal.scorer.stream;

import dev.surprisal.engine.Verdict;
import dev.surprisal.schemas.record.RecordException;

/** What became of a record: a verdict, or the reason why there is none. */
public sealed interface Outcome {

    /** The record has a score. */
    record Scored(Verdict verdict) implements Outcome {}

    /**
     * The record is a dead letter.
     *
     * @param step where it could not go on
     * @param reason why, in one sentence
     * @param exception the class of what was thrown
     */
    record Refused(RecordException.Step step, String reason, String exception) implements Outcome {
        static Refused of(RecordException e) {
            Throwable root = e.getCause() == null ? e : e.getCause();
            return new Refused(e.step(), e.getMessage(), root.getClass().getName());
        }

        /** Of a record that has a verdict, and a key with which no event fits into its topic. */
        static Refused ofKey(int bytes) {
            return of(new RecordException(
                    RecordException.Step.SCORE,
                    "the record's key has " + bytes + " bytes, and the topics of scores and anomalies do not take it"));
        }

        static Refused of(RuntimeException e) {
            return new Refused(
                    RecordException.Step.SCORE,
                    "the record could not be scored: " + e.getMessage(),
                    e.getClass().getName());
        }
    }
}
