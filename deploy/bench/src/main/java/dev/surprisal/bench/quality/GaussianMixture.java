package dev.surprisal.bench.quality;

import dev.surprisal.schemas.SurprisalException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.hipparchus.distribution.multivariate.MixtureMultivariateNormalDistribution;
import org.hipparchus.distribution.multivariate.MultivariateNormalDistribution;
import org.hipparchus.exception.MathRuntimeException;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.CholeskyDecomposition;
import org.hipparchus.linear.RealVector;
import org.hipparchus.stat.fitting.MultivariateNormalMixtureExpectationMaximization;
import org.hipparchus.util.Pair;

/**
 * The negative log-density of a mixture of normal distributions with full covariances, fitted by expectation maximisation: of ten components, or of as many as the rows
 * let be fitted.
 *
 * <p>Noise of deviation {@value #NOISE} on the standardised training rows keeps constant and dependent columns from making a covariance singular.
 */
final class GaussianMixture implements Detector {

    private static final int[] COMPONENTS = {10, 5, 3, 2};
    private static final double NOISE = 0.1;
    private static final int MOST_ROWS = 5_000;
    private static final int ITERATIONS = 100;
    private static final double TOLERANCE = 1e-3;

    @Override
    public String name() {
        return "GMM";
    }

    @Override
    public Scores score(Protocol.Split split, long seed, Path folder) {
        Standardised rows = Standardised.of(split);
        long start = System.nanoTime();
        List<Component> components = fit(noisy(rows.training(), new Random(seed))).getComponents().stream()
                .map(Component::of)
                .toList();
        double fitSeconds = (System.nanoTime() - start) / 1e9;
        double[] scores = new double[rows.test().length];
        for (int i = 0; i < scores.length; i++) {
            RealVector row = new ArrayRealVector(rows.test()[i], false);
            double[] energies =
                    components.stream().mapToDouble(c -> c.logDensity(row)).toArray();
            double greatest = DoubleStream.of(energies).max().orElseThrow();
            scores[i] = -greatest
                    - Math.log(DoubleStream.of(energies)
                            .map(energy -> Math.exp(energy - greatest))
                            .sum());
        }
        return new Scores(scores, fitSeconds);
    }

    /** At most {@value #MOST_ROWS} of the rows, which is plenty for so few parameters, with noise. */
    private static double[][] noisy(double[][] rows, Random random) {
        int size = Math.min(MOST_ROWS, rows.length);
        double[][] noisy = new double[size][];
        for (int i = 0; i < size; i++) {
            double[] row = size == rows.length ? rows[i] : rows[random.nextInt(rows.length)];
            noisy[i] = DoubleStream.of(row)
                    .map(value -> value + NOISE * random.nextGaussian())
                    .toArray();
        }
        return noisy;
    }

    private static MixtureMultivariateNormalDistribution fit(double[][] rows) {
        MathRuntimeException last = null;
        for (int components : COMPONENTS) {
            try {
                MultivariateNormalMixtureExpectationMaximization mixture =
                        new MultivariateNormalMixtureExpectationMaximization(rows);
                mixture.fit(
                        MultivariateNormalMixtureExpectationMaximization.estimate(rows, components),
                        ITERATIONS,
                        TOLERANCE);
                return mixture.getFittedModel();
            } catch (MathRuntimeException e) {
                last = e;
            }
        }
        throw new SurprisalException("no Gaussian mixture fits: " + last.getMessage(), last);
    }

    /** A weighted normal distribution, in a form whose logarithm does not underflow. */
    private record Component(double constant, RealVector mean, CholeskyDecomposition covariance) {

        static Component of(Pair<Double, MultivariateNormalDistribution> weighted) {
            MultivariateNormalDistribution normal = weighted.getSecond();
            CholeskyDecomposition covariance = new CholeskyDecomposition(normal.getCovariances());
            return new Component(
                    Math.log(weighted.getFirst())
                            - 0.5 * Math.log(covariance.getDeterminant())
                            - 0.5 * normal.getDimension() * Math.log(2 * Math.PI),
                    new ArrayRealVector(normal.getMeans(), false),
                    covariance);
        }

        double logDensity(RealVector row) {
            RealVector distance = row.subtract(mean);
            return constant - 0.5 * distance.dotProduct(covariance.getSolver().solve(distance));
        }
    }
}
