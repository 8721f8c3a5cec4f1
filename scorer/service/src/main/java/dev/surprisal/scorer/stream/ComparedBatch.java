package dev.surprisal.scorer.stream;

import dev.surprisal.engine.Verdict;
import dev.surprisal.scorer.model.ServedModel;
import java.util.List;

/**
 * What the model that scores and its shadow made of the same polled batch.
 *
 * @param model that scores and flags
 * @param shadow that only scores
 * @param surprise [N] by the model, bits; NaN of a record that it refused
 * @param shadowSurprise [N] by the shadow, bits; NaN of a record that it refused
 * @param flags [N] whether the model's score reaches its alarm line
 * @param shadowFlags [N] whether the shadow's score reaches its own
 */
public record ComparedBatch(
        ServedModel model,
        ServedModel shadow,
        double[] surprise,
        double[] shadowSurprise,
        boolean[] flags,
        boolean[] shadowFlags) {

    /**
     * Compares.
     *
     * @param scored at least one, all by the same models
     * @return null where there is no shadow, or it failed on all records together
     */
    static ComparedBatch of(List<ScoredRecord> scored) {
        if (scored.get(0).shadow() == null || scored.get(0).shadowOutcome() == null) {
            return null;
        }
        int n = scored.size();
        ComparedBatch batch = new ComparedBatch(
                scored.get(0).model(),
                scored.get(0).shadow(),
                new double[n],
                new double[n],
                new boolean[n],
                new boolean[n]);
        for (int i = 0; i < n; i++) {
            Verdict verdict = verdict(scored.get(i).outcome());
            Verdict ofShadow = verdict(scored.get(i).shadowOutcome());
            batch.surprise[i] = verdict == null ? Double.NaN : verdict.surprise();
            batch.flags[i] = verdict != null && verdict.anomaly();
            batch.shadowSurprise[i] = ofShadow == null ? Double.NaN : ofShadow.surprise();
            batch.shadowFlags[i] = ofShadow != null && ofShadow.anomaly();
        }
        return batch;
    }

    private static Verdict verdict(Outcome outcome) {
        return outcome instanceof Outcome.Scored scored ? scored.verdict() : null;
    }

    /** N, how many records it has. */
    public int size() {
        return surprise.length;
    }
}
