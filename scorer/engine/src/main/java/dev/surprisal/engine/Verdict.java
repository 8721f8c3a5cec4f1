package dev.surprisal.engine;

import java.util.List;

/**
 * What a model says of one record.
 *
 * @param score the larger, the more improbable; nats
 * @param pValue the share of normal records with at least this score, in (0, 1]
 * @param anomaly whether it is flagged
 * @param elbo evidence lower bound on log p(x), nats
 * @param logLikelihood importance-weighted bound on log p(x), nats
 * @param reconstructionLogProbability mean over the latent samples of log p(x|z), nats
 * @param reasons of an anomaly: the columns that made it one, the most surprising first; otherwise empty
 * @param firstLook whether a first look was enough: then the score is the negative bound at z = mu(x), the p-value that of such scores, and the three log-probabilities are NaN
 */
public record Verdict(
        double score,
        double pValue,
        boolean anomaly,
        float elbo,
        float logLikelihood,
        float reconstructionLogProbability,
        List<FieldReason> reasons,
        boolean firstLook) {

    /** The verdict on a record that a first look tells apart from what would be flagged. */
    static Verdict ofFirstLook(double score, double pValue) {
        return new Verdict(score, pValue, false, Float.NaN, Float.NaN, Float.NaN, List.of(), true);
    }

    /** The same, with reasons. */
    Verdict with(List<FieldReason> others) {
        return new Verdict(
                score, pValue, anomaly, elbo, logLikelihood, reconstructionLogProbability, others, firstLook);
    }

    /** The same of a record that the records before speak against flagging. */
    public Verdict unflagged() {
        return new Verdict(
                score, pValue, false, elbo, logLikelihood, reconstructionLogProbability, List.of(), firstLook);
    }

    /** Why the record is flagged, in one sentence; "" if it is not. */
    public String sentence() {
        return ReasonText.sentence(reasons);
    }

    /** -log2 of the p-value, bits. */
    public double surprise() {
        return -Math.log(pValue) / Math.log(2);
    }
}
