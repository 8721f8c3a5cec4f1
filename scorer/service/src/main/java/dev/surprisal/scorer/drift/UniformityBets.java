package dev.surprisal.scorer.drift;

import dev.surprisal.schemas.model.Calibration;
import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * Bets against the p-values of records being those of normal records: the wealth is the evidence that they are not.
 *
 * <p>For several p-values t, one bets that more of the records than should have a p-value of at most t, and that fewer have. What the share of them should be is known from n calibration records
 * only: it lies in an interval that holds it with a probability of 1 - {@value #CALIBRATION_ERROR} for all t together (Clopper and Pearson 1934), widened by what up to {@value #CONTAMINATION} of the records may
 * do to it: anomalies are no drift. A bet is the likelihood ratio of a Bernoulli variable with other odds than those at the interval's end; so its wealth is a supermartingale as long as the share
 * lies in the interval, whatever it is.
 *
 * <p>Each bet's unit of wealth is staked bit by bit, 1 / (w (w + 1)) of it at the beginning of window w, so that what was lost while nothing changed is not missing when something does. The mean of all bets is an
 * e-process: by Ville's inequality, the probability that it ever reaches k while nothing changes is at most 1 / k (Vovk and Wang 2021; Vovk, Nouretdinov and Gammerman 2021), with that of a poor
 * calibration at most 1 / k + {@value #CALIBRATION_ERROR}. It presumes that whether one record is unusual tells nothing of the next.
 */
final class UniformityBets {

    /** From this evidence on, something is drifting. */
    static final double DRIFTING = 100;
    /** From this evidence on, it has drifted. */
    static final double DRIFTED = 1_000;
    /** With which probability what the calibration says of the shares is wrong. */
    static final double CALIBRATION_ERROR = 0.001;

    /** Which part of the records may be of any kind (Huber 1964). */
    private static final double CONTAMINATION = 0.02;

    private static final double[] P_VALUES = {0.05, 0.1, 0.25, 0.5, 0.75, 0.95};
    /** By which the odds of the alternatives differ. */
    private static final double[] ODDS = {1.5, 3, 10};
    /** What a bet wins beyond this is not counted: it need not be lost again when things are as they were. */
    private static final double MOST = 1e6;

    private final double[] thresholds;
    private final double[] hit;
    private final double[] miss;
    private final double[] wealth;
    private int bets;
    private long windows;
    private double unstaked = 1;

    UniformityBets(Calibration calibration) {
        int most = P_VALUES.length * 2 * ODDS.length;
        thresholds = new double[most];
        hit = new double[most];
        miss = new double[most];
        double error = CALIBRATION_ERROR / (2 * P_VALUES.length);
        double last = 0;
        for (double wanted : P_VALUES) {
            int rank = (int) Math.round((1 - wanted) * Calibration.BODY);
            double threshold = calibration.pValue(calibration.body()[rank]);
            if (threshold > last && threshold < 1) {
                last = threshold;
                add(threshold, calibration.records(), error);
            }
        }
        wealth = new double[bets];
        nextWindow();
    }

    private void add(double threshold, long records, double error) {
        long atMost = Math.min(records, Math.round(threshold * (records + 1)) - 1);
        // The calibration's own p-values are rounded up, by no more than a step of its body.
        long atLeast = Math.max(0, atMost - records / Calibration.BODY - 1);
        double most = atMost >= records
                ? 1
                : BetaDistribution.of(atMost + 1.0, (double) (records - atMost)).inverseSurvivalProbability(error);
        double least = atLeast == 0
                ? 0
                : BetaDistribution.of((double) atLeast, records - atLeast + 1.0).inverseCumulativeProbability(error);
        double high = (1 - CONTAMINATION) * most + CONTAMINATION;
        double low = (1 - CONTAMINATION) * least;
        for (double odds : ODDS) {
            if (high < 1) {
                bet(threshold, high, odds);
            }
            if (low > 0) {
                bet(threshold, low, 1 / odds);
            }
        }
    }

    private void bet(double threshold, double share, double odds) {
        double other = odds * share / (1 - share + odds * share);
        thresholds[bets] = threshold;
        hit[bets] = other / share;
        miss[bets] = (1 - other) / (1 - share);
        bets++;
    }

    /** A window begins: some more of the wealth is staked. */
    void nextWindow() {
        windows++;
        double stake = 1.0 / (windows * (windows + 1.0));
        unstaked = 1.0 / (windows + 1.0);
        for (int i = 0; i < bets; i++) {
            wealth[i] += stake;
        }
    }

    /** Bets on the next p-value; NaN is passed over. */
    void add(double pValue) {
        if (Double.isNaN(pValue)) {
            return;
        }
        for (int i = 0; i < bets; i++) {
            wealth[i] = Math.min(MOST, wealth[i] * (pValue <= thresholds[i] ? hit[i] : miss[i]));
        }
    }

    /** The wealth of all bets by what they began with: 1 at the beginning. */
    double evidence() {
        if (bets == 0) {
            return 1;
        }
        double sum = 0;
        for (int i = 0; i < bets; i++) {
            sum += wealth[i];
        }
        return unstaked + sum / bets;
    }
}
