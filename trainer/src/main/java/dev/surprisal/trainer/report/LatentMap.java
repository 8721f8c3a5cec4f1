package dev.surprisal.trainer.report;

import dev.surprisal.schemas.model.LatentProjection;
import java.util.Arrays;

/**
 * Latent means in two dimensions: their projection onto the two directions in which they vary most (principal components, by power iteration on the covariance).
 *
 * @param points [N][2]
 * @param explained the share of the variance that the two directions hold
 * @param centre [K] the mean of the latent means
 * @param axes [2][K] the two directions, unit vectors
 */
public record LatentMap(double[][] points, double explained, double[] centre, double[][] axes) {

    private static final int ITERATIONS = 200;

    /** The map of the posterior means [N][K] of some records; K at least 1. */
    public static LatentMap of(double[][] means) {
        int n = means.length;
        int k = n == 0 ? 1 : means[0].length;
        double[] centre = new double[k];
        for (double[] mean : means) {
            for (int i = 0; i < k; i++) {
                centre[i] += mean[i] / n;
            }
        }
        double[][] covariance = new double[k][k];
        double total = 0;
        for (double[] mean : means) {
            for (int i = 0; i < k; i++) {
                for (int j = 0; j < k; j++) {
                    covariance[i][j] += (mean[i] - centre[i]) * (mean[j] - centre[j]) / n;
                }
            }
        }
        for (int i = 0; i < k; i++) {
            total += covariance[i][i];
        }
        double[] first = new double[k];
        double held = direction(covariance, first);
        deflate(covariance, first, held);
        double[] second = new double[k];
        held += direction(covariance, second);
        double[][] points = new double[n][];
        for (int row = 0; row < n; row++) {
            points[row] = new double[] {project(means[row], centre, first), project(means[row], centre, second)};
        }
        return new LatentMap(points, total > 0 ? Math.min(1, held / total) : 0, centre, new double[][] {first, second});
    }

    /** The map as a model keeps it: with the first of its records, in few digits. */
    public LatentProjection projection() {
        double[][] some = Arrays.copyOf(points, Math.min(points.length, LatentProjection.MOST));
        return new LatentProjection(centre, axes, explained, FewDigits.of(some));
    }

    /** Fills in the unit vector of the greatest variance; returns that variance. */
    private static double direction(double[][] covariance, double[] vector) {
        int k = vector.length;
        for (int i = 0; i < k; i++) {
            // No direction is orthogonal to it for a reason.
            vector[i] = 1 + 0.37 * i;
        }
        double variance = 0;
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double[] next = new double[k];
            double length = 0;
            for (int i = 0; i < k; i++) {
                for (int j = 0; j < k; j++) {
                    next[i] += covariance[i][j] * vector[j];
                }
                length += next[i] * next[i];
            }
            variance = Math.sqrt(length);
            if (variance == 0) {
                Arrays.fill(vector, 0);
                return 0;
            }
            for (int i = 0; i < k; i++) {
                vector[i] = next[i] / variance;
            }
        }
        return variance;
    }

    private static void deflate(double[][] covariance, double[] vector, double variance) {
        for (int i = 0; i < vector.length; i++) {
            for (int j = 0; j < vector.length; j++) {
                covariance[i][j] -= variance * vector[i] * vector[j];
            }
        }
    }

    private static double project(double[] row, double[] centre, double[] onto) {
        double sum = 0;
        for (int i = 0; i < onto.length; i++) {
            sum += (row[i] - centre[i]) * onto[i];
        }
        return sum;
    }
}
