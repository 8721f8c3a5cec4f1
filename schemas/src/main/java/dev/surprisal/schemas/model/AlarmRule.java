package dev.surprisal.schemas.model;

import dev.surprisal.schemas.SurprisalException;

/** What decides which records are flagged. */
public sealed interface AlarmRule permits AlarmRate, AlarmBudget, FalseDiscoveryRate, ScoreThreshold {

    /** Where earlier records decide at which p-value the next is flagged, at no larger one than this. */
    AlarmRate MOST_LOOKING_BACK = new AlarmRate(0.01);

    /**
     * Reads a rule as people write it: a rate ({@code 1/1000}, {@code 0.1%}, {@code 0.001}), a number of false alarms in a time ({@code 20 a day}), a false discovery rate ({@code fdr 10%}) or a threshold ({@code 35.5 nats}).
     *
     * @throws SurprisalException if it is none of them
     */
    static AlarmRule parse(String text) {
        String stripped = text.strip();
        try {
            AlarmRule rule = AlarmBudget.parse(stripped);
            if (rule == null) {
                rule = FalseDiscoveryRate.parse(stripped);
            }
            if (rule == null) {
                rule = ScoreThreshold.parse(stripped);
            }
            return rule == null ? AlarmRate.parse(stripped) : rule;
        } catch (SurprisalException e) {
            if (e.getCause() instanceof NumberFormatException) {
                throw new SurprisalException(
                        "'" + text
                                + "' says of no record whether to flag it; write a rate like 1/1000 or 0.1%, a number like '20 a day', a false discovery rate like 'fdr 10%', or a threshold like '35.5 nats'",
                        e);
            }
            throw e;
        }
    }

    /** Whether it takes the records before to tell whether one is flagged. */
    boolean looksBack();
}
