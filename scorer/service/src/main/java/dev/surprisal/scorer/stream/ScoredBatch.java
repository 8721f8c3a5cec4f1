package dev.surprisal.scorer.stream;

import dev.surprisal.scorer.model.ServedModel;
import java.util.List;

/**
 * What came out of scoring a polled batch.
 *
 * @param model that scored it
 * @param timestamps [N] of the records, milliseconds since 1970-01-01T00:00Z
 * @param scores [N] in nats; NaN of a record that has none
 * @param pValues [N] in (0, 1]; NaN of a record that has no score
 * @param screened whether a first look was enough for any of them
 * @param nanos how long it took, from bytes to verdicts
 * @param sample rows drawn from it; null where none are
 */
public record ScoredBatch(
        ServedModel model,
        long[] timestamps,
        double[] scores,
        double[] pValues,
        boolean screened,
        long nanos,
        RowSample sample) {

    /** @param scored at least one, all by the same model */
    static ScoredBatch of(List<ScoredRecord> scored, long[] timestamps, long nanos, RowSample sample) {
        int n = scored.size();
        double[] scores = new double[n];
        double[] pValues = new double[n];
        boolean screened = false;
        for (int i = 0; i < n; i++) {
            if (scored.get(i).outcome() instanceof Outcome.Scored some) {
                scores[i] = some.verdict().score();
                pValues[i] = some.verdict().pValue();
                screened |= some.verdict().firstLook();
            } else {
                scores[i] = Double.NaN;
                pValues[i] = Double.NaN;
            }
        }
        return new ScoredBatch(scored.get(0).model(), timestamps, scores, pValues, screened, nanos, sample);
    }

    /** N, how many records it has. */
    public int size() {
        return timestamps.length;
    }
}
