package dev.surprisal.bench.quality;

import org.hipparchus.stat.descriptive.StreamingStatistics;

/**
 * The rows of a split as numbers with the training rows' mean 0 and deviation 1.
 *
 * @param training [N][D]
 * @param test [M][D]
 */
record Standardised(double[][] training, double[][] test) {

    static Standardised of(Protocol.Split split) {
        Standardised rows =
                new Standardised(split.training().toNumbers(), split.test().toNumbers());
        for (int column = 0; column < rows.training[0].length; column++) {
            StreamingStatistics statistics = new StreamingStatistics();
            for (double[] row : rows.training) {
                statistics.addValue(row[column]);
            }
            double mean = statistics.getMean();
            double spread = statistics.getStandardDeviation();
            double deviation = spread > 1e-12 * (1 + Math.abs(mean)) ? spread : 1;
            shift(rows.training, column, mean, deviation);
            shift(rows.test, column, mean, deviation);
        }
        return rows;
    }

    private static void shift(double[][] rows, int column, double mean, double deviation) {
        for (double[] row : rows) {
            row[column] = (row[column] - mean) / deviation;
        }
    }
}
