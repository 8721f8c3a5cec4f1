package dev.surprisal.bench.trust;

import dev.surprisal.engine.Judge;
import dev.surprisal.engine.RowBatch;
import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.record.EncodedRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.statistics.distribution.BetaDistribution;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.DiscreteDistribution;

/**
 * How many fresh normal rows are flagged at a rate, and how many may be.
 *
 * <p>If the model's rate were the set one, they would have a binomial distribution. It is the one of a calibration on n records that were drawn at random, though, so that it has the distribution Beta(k, n + 1 - k), k = a (n + 1), itself: the interval of the flags
 * is that of the beta-binomial distribution.
 *
 * @param rows N, how many fresh rows
 * @param flags of them
 * @param low least of 99 % of the binomial distribution
 * @param high greatest
 * @param least of 99 % of the beta-binomial distribution
 * @param most the greatest of it
 */
record FalseAlarms(AlarmRate rate, int rows, int flags, int low, int high, int least, int most) {

    private static final double OUTSIDE = 0.005;
    private static final int DRAWS = 20_000;

    static FalseAlarms of(TrustRun run, AlarmRate rate) {
        Judge judge = new Judge(run.model().card(), rate);
        int flags = (int) verdicts(run, judge, run.fresh()).stream()
                .filter(Boolean::booleanValue)
                .count();
        int rows = run.fresh().size();
        int[] sorted =
                simulated(rows, rate.value(), run.model().card().calibration().records());
        DiscreteDistribution binomial = BinomialDistribution.of(rows, rate.value());
        return new FalseAlarms(
                rate,
                rows,
                flags,
                binomial.inverseCumulativeProbability(OUTSIDE),
                binomial.inverseCumulativeProbability(1 - OUTSIDE),
                sorted[(int) (OUTSIDE * DRAWS)],
                sorted[(int) ((1 - OUTSIDE) * DRAWS)]);
    }

    private static List<Boolean> verdicts(TrustRun run, Judge judge, List<EncodedRow> rows) {
        List<Boolean> flagged = new ArrayList<>();
        try (RowBatch batch = run.model().newBatch()) {
            for (int from = 0; from < rows.size(); from += batch.size()) {
                batch.clear();
                for (int row = from; row < rows.size() && !batch.isFull(); row++) {
                    batch.add(rows.get(row));
                }
                batch.score();
                for (int row = 0; row < batch.size(); row++) {
                    flagged.add(judge.verdict(batch, row).anomaly());
                }
            }
        }
        return flagged;
    }

    /** Flags as the calibration promises them, ascending: of a share beyond a uniform order statistic each. */
    private static int[] simulated(int rows, double rate, long calibrated) {
        double k = Math.max(1, Math.floor(rate * (calibrated + 1)));
        BetaDistribution beta = BetaDistribution.of(k, calibrated + 1 - k);
        int[] flags = new int[DRAWS];
        for (int i = 0; i < DRAWS; i++) {
            double share = beta.inverseCumulativeProbability((i + 0.5) / DRAWS);
            // A number that visits the quantiles of the second draw evenly, too.
            double uniform = (i * 0.6180339887498949 + 0.5) % 1;
            flags[i] = BinomialDistribution.of(rows, share).inverseCumulativeProbability(uniform);
        }
        Arrays.sort(flags);
        return flags;
    }

    /** Whether there are as many as there may be by the chance of the calibration and of the fresh rows. */
    boolean isAsPromised() {
        return flags >= least && flags <= most;
    }
}
