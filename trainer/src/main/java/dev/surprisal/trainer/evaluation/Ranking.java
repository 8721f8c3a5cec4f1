package dev.surprisal.trainer.evaluation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How well a score ranks anomalies above normal records, over all thresholds.
 *
 * @param anomalies how many there are
 * @param normals how many there are
 * @param auroc area under the receiver operating characteristic: the probability that an anomaly scores higher than a normal record, ties counted half; NaN
 *     without one of either
 * @param averagePrecision the mean precision over the anomalies, ties taken at one threshold; NaN without one of either
 */
public record Ranking(long anomalies, long normals, double auroc, double averagePrecision) {

    /**
     * Ranks scores.
     *
     * @param scores the larger, the more anomalous; finite
     * @param anomaly the truth about each
     */
    public static Ranking of(double[] scores, boolean[] anomaly) {
        int[] order = IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        long positives =
                IntStream.range(0, anomaly.length).filter(i -> anomaly[i]).count();
        long negatives = anomaly.length - positives;
        if (positives == 0 || negatives == 0) {
            return new Ranking(positives, negatives, Double.NaN, Double.NaN);
        }
        double area = 0;
        double precisions = 0;
        long truePositives = 0;
        long falsePositives = 0;
        for (int from = 0; from < order.length; ) {
            int to = from;
            long moreTrue = 0;
            while (to < order.length && scores[order[to]] == scores[order[from]]) {
                moreTrue += anomaly[order[to]] ? 1 : 0;
                to++;
            }
            long moreFalse = to - from - moreTrue;
            area += moreFalse * (truePositives + moreTrue / 2.0);
            truePositives += moreTrue;
            falsePositives += moreFalse;
            precisions += (double) moreTrue / positives * truePositives / (truePositives + falsePositives);
            from = to;
        }
        return new Ranking(positives, negatives, area / positives / negatives, precisions);
    }

    /** The ranking of some records, such as the normal ones and those of one kind of anomaly. */
    public static Ranking of(double[] scores, boolean[] anomaly, boolean[] included) {
        int[] some =
                IntStream.range(0, included.length).filter(i -> included[i]).toArray();
        double[] someScores = Arrays.stream(some).mapToDouble(i -> scores[i]).toArray();
        boolean[] someAnomaly = new boolean[some.length];
        for (int i = 0; i < some.length; i++) {
            someAnomaly[i] = anomaly[some[i]];
        }
        return of(someScores, someAnomaly);
    }
}
