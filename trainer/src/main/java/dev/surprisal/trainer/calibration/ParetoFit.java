package dev.surprisal.trainer.calibration;

import dev.surprisal.schemas.model.ParetoTail;
import java.util.Arrays;
import org.hipparchus.optim.MaxEval;
import org.hipparchus.optim.nonlinear.scalar.GoalType;
import org.hipparchus.optim.univariate.BrentOptimizer;
import org.hipparchus.optim.univariate.SearchInterval;
import org.hipparchus.optim.univariate.UnivariateObjectiveFunction;

/**
 * The generalised Pareto distribution under which exceedances are most probable.
 *
 * <p>With theta = xi / sigma the likelihood is greatest at xi(theta) = mean of log(1 + theta y), which leaves the profile likelihood l(theta) = -log(xi(theta) / theta) - xi(theta) - 1 a record (Grimshaw 1993). It may have several
 * maxima, so it is looked at where Zhang and Stephens (2009) expect theta, and Brent's method climbs from the best of these points.
 *
 * @param shape xi, at least {@value #LEAST_SHAPE}
 * @param scale sigma, positive
 */
record ParetoFit(double shape, double scale) {

    /** Below it the estimate has no normal distribution any more, and at -1 the likelihood has no bound (Smith 1985). */
    private static final double LEAST_SHAPE = -0.5;

    /** The mean log-likelihood where there is none: finite, as the optimiser calculates with it. */
    private static final double IMPOSSIBLE = -1e6;

    /** Points of the grid on either side, and how many deviations it is wide there. */
    private static final int GRID = 12;

    private static final double GRID_WIDTH = 5;
    private static final int MOST_EVALUATIONS = 200;

    /**
     * Fits.
     *
     * @param exceedances positive, ascending, at least two different ones
     */
    static ParetoFit of(double[] exceedances) {
        double[] starts = starts(exceedances);
        int best = 0;
        double[] values = new double[starts.length];
        for (int i = 0; i < starts.length; i++) {
            values[i] = profile(starts[i], exceedances);
            best = values[i] > values[best] ? i : best;
        }
        double low = starts[Math.max(0, best - 1)];
        double high = starts[Math.min(starts.length - 1, best + 1)];
        double theta = low < high ? climb(exceedances, low, starts[best], high) : starts[best];
        double shape = shape(theta, exceedances);
        return theta == 0 || shape == 0
                ? new ParetoFit(0, Arrays.stream(exceedances).average().orElseThrow())
                : new ParetoFit(shape, shape / theta);
    }

    private static double climb(double[] exceedances, double low, double start, double high) {
        return new BrentOptimizer(1e-8, 1e-12)
                .optimize(
                        new MaxEval(MOST_EVALUATIONS),
                        GoalType.MAXIMIZE,
                        new UnivariateObjectiveFunction(theta -> profile(theta, exceedances)),
                        new SearchInterval(low, high, start))
                .getPoint();
    }

    /** Ascending values of theta at which to look; -1 / theta lies beyond the largest exceedance. */
    private static double[] starts(double[] exceedances) {
        int n = exceedances.length;
        int count = 30 + (int) Math.sqrt(n);
        double quarter = exceedances[Math.max(0, (int) (n / 4.0 + 0.5) - 1)];
        double greatest = exceedances[n - 1];
        double[] starts = new double[count];
        for (int i = 0; i < count; i++) {
            starts[i] = -1 / greatest + (Math.sqrt(count / (i + 0.5)) - 1) / (3 * Math.max(quarter, 1e-6 * greatest));
        }
        Arrays.sort(starts);
        return starts;
    }

    private static double shape(double theta, double[] exceedances) {
        double sum = 0;
        for (double exceedance : exceedances) {
            sum += Math.log1p(theta * exceedance);
        }
        return sum / exceedances.length;
    }

    /** The mean log-likelihood at the best shape for theta. */
    private static double profile(double theta, double[] exceedances) {
        double shape = shape(theta, exceedances);
        if (Double.isNaN(shape) || shape < LEAST_SHAPE) {
            return IMPOSSIBLE;
        }
        // xi / theta goes to the mean of the exceedances as theta goes to 0.
        double scale = Math.abs(theta) < 1e-300 || shape == 0
                ? Arrays.stream(exceedances).average().orElseThrow()
                : shape / theta;
        return -Math.log(scale) - shape - 1;
    }

    /**
     * The means of xi and log sigma after the exceedances, under Jeffreys' prior, on a grid around this fit: the most probable xi lies below them, by about 3 / n, as longer tails than the likeliest are less improbable than shorter ones.
     *
     * @param exceedances that this was fitted to
     */
    ParetoFit posteriorMean(double[] exceedances) {
        double ofShape = (1 + shape) / Math.sqrt(exceedances.length);
        double ofScale = Math.sqrt(2 * (1 + shape) / exceedances.length);
        double reference = logLikelihood(exceedances);
        double weights = 0;
        double shapes = 0;
        double logScales = 0;
        for (int i = -GRID; i <= GRID; i++) {
            double xi = shape + GRID_WIDTH * i / GRID * ofShape;
            for (int j = -GRID; j <= GRID && xi > LEAST_SHAPE; j++) {
                double logScale = Math.log(scale) + GRID_WIDTH * j / GRID * ofScale;
                ParetoFit other = new ParetoFit(xi, Math.exp(logScale));
                double weight =
                        Math.exp(other.logLikelihood(exceedances) - reference) / ((1 + xi) * Math.sqrt(1 + 2 * xi));
                weights += weight;
                shapes += weight * xi;
                logScales += weight * logScale;
            }
        }
        return weights > 0 ? new ParetoFit(shapes / weights, Math.exp(logScales / weights)) : this;
    }

    private double logLikelihood(double[] exceedances) {
        double sum = -exceedances.length * Math.log(scale);
        for (double exceedance : exceedances) {
            sum += (1 + shape) * ParetoTail.logSurvival(shape, exceedance / scale);
        }
        return sum;
    }

    /**
     * The Anderson-Darling statistic, which weighs the tail: -n - 1/n sum_i (2i - 1) [log F(y_i) + log(1 - F(y_(n+1-i)))].
     *
     * @param exceedances ascending
     */
    double andersonDarling(double[] exceedances) {
        int n = exceedances.length;
        double[] log = new double[n];
        for (int i = 0; i < n; i++) {
            log[i] = ParetoTail.logSurvival(shape, exceedances[i] / scale);
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (2 * i + 1) * (Math.log(-Math.expm1(log[i])) + log[n - 1 - i]);
        }
        return -n - sum / n;
    }

    /** The exceedance with a share of uniform of the distribution above it, in (0, 1). */
    double quantile(double uniform) {
        double exponential = -Math.log(uniform);
        return scale * (Math.abs(shape) < 1e-12 ? exponential : Math.expm1(shape * exponential) / shape);
    }
}
