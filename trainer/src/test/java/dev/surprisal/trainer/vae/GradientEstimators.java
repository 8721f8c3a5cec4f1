package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.EncodedRows;
import java.util.Arrays;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Two ways to estimate the gradient of one record's bound by its mu and log sigma^2, that is by the biases of the encoder's last layers; all other parameters of the encoder
 * follow from these by the chain rule. The prior is the standard normal one, whose divergence both take exactly.
 *
 * <p>Reparameterised: grad log p(x | mu + sigma eps). Score function: log p(x | z) grad log q(z | x), with grad log q = eps / sigma by mu and (eps^2 - 1) / 2 by
 * log sigma^2 (Williams 1992).
 */
final class GradientEstimators {

    /** Draws that go through the network together. */
    private static final int TOGETHER = 256;
    /** With so dense a grid the trapezoidal rule is exact to the last digits of a double. */
    private static final double GRID = 0.5;

    private static final int GRID_SIDE = 33;
    private static final double DIFFERENCE = 1e-4;

    private final Columns columns;
    private final VaeConfig config;
    private final float[] parameters;
    private final EncodedRows record;
    private final double[] posterior;
    private final Network network;
    private final Batch batch;

    /** @param parameters of a network with the columns and the configuration */
    GradientEstimators(
            Columns columns,
            VaeConfig config,
            float[] parameters,
            Standardisation standardisation,
            EncodedRows record) {
        this.columns = columns;
        this.config = config;
        this.parameters = parameters;
        this.record = record;
        batch = copies(TOGETHER, standardisation);
        network = network(TOGETHER);
        posterior = ExactSamples.posterior(network.toTrained(batch, columns, standardisation), record)[0];
    }

    EstimatorMoments reparameterised(int draws, Random random) {
        double[] weights = new double[TOGETHER];
        Arrays.fill(weights, 1.0 / TOGETHER);
        double[][] means = new double[draws / TOGETHER][];
        for (int i = 0; i < means.length; i++) {
            fill(random);
            network.bounds(batch, 1);
            network.gradient(1, weights);
            means[i] = byPosterior(network.parameters().gradient());
        }
        return EstimatorMoments.of(means, TOGETHER);
    }

    /** @param baseline what is taken from log p(x | z); its mean makes the variance least, roughly */
    EstimatorMoments scoreFunction(int draws, double baseline, Random random) {
        int latent = config.latent();
        double[][] all = new double[draws][2 * latent];
        for (int from = 0; from < draws; from += TOGETHER) {
            double[][] eps = fill(random);
            double[] logProbability = network.bounds(batch, 0);
            for (int n = 0; n < TOGETHER; n++) {
                double[] draw = all[from + n];
                for (int k = 0; k < latent; k++) {
                    double mu = posterior[k];
                    double variance = Math.exp(posterior[latent + k]);
                    double learned = logProbability[n] - baseline;
                    draw[k] = learned * eps[n][k] / Math.sqrt(variance) - mu;
                    draw[latent + k] = learned * (eps[n][k] * eps[n][k] - 1) / 2 - (variance - 1) / 2;
                }
            }
        }
        return EstimatorMoments.of(all, 1);
    }

    /** The mean of log p(x | z). */
    double meanLogProbability(int draws, Random random) {
        double sum = 0;
        for (int from = 0; from < draws; from += TOGETHER) {
            fill(random);
            sum += Arrays.stream(network.bounds(batch, 0)).sum();
        }
        return sum / draws;
    }

    /** Of two latent dimensions: the differences of the bound, as an integral over a grid of eps. */
    double[] exact(Standardisation standardisation) {
        int size = GRID_SIDE * GRID_SIDE;
        Network wide = network(size);
        Batch rows = copies(size, standardisation);
        double[] weights = new double[size];
        for (int i = 0; i < size; i++) {
            double first = GRID * (i % GRID_SIDE - GRID_SIDE / 2);
            double second = GRID * (i / GRID_SIDE - GRID_SIDE / 2);
            wide.noise().putScalar(i, 0, first);
            wide.noise().putScalar(i, 1, second);
            weights[i] = GRID * GRID * Math.exp(-(first * first + second * second) / 2) / (2 * Math.PI);
        }
        double[] gradient = new double[2 * config.latent()];
        INDArray values = wide.parameters().values();
        for (int p = 0; p < gradient.length; p++) {
            long at = positions()[p];
            double value = values.getDouble(at);
            values.putScalar(at, value + DIFFERENCE);
            double above = weighted(wide.bounds(rows, 1), weights);
            values.putScalar(at, value - DIFFERENCE);
            double below = weighted(wide.bounds(rows, 1), weights);
            values.putScalar(at, value);
            gradient[p] = (above - below) / (2 * DIFFERENCE);
        }
        return gradient;
    }

    private static double weighted(double[] bounds, double[] weights) {
        double sum = 0;
        for (int i = 0; i < bounds.length; i++) {
            sum += weights[i] * bounds[i];
        }
        return sum;
    }

    private double[][] fill(Random random) {
        double[][] eps = new double[TOGETHER][config.latent()];
        for (double[] row : eps) {
            Arrays.setAll(row, k -> random.nextGaussian());
        }
        Elementwise.put(Arrays.stream(eps).flatMapToDouble(Arrays::stream).toArray(), network.noise());
        return eps;
    }

    private double[] byPosterior(INDArray gradient) {
        return Arrays.stream(positions()).mapToDouble(gradient::getDouble).toArray();
    }

    /** Of the biases of mu, then of log sigma^2. */
    private long[] positions() {
        int latent = config.latent();
        int width = Batch.inputs(columns);
        long at = 0;
        for (int next : config.hidden()) {
            at += (width + 1L) * next;
            width = next;
        }
        long[] positions = new long[2 * latent];
        for (int k = 0; k < latent; k++) {
            positions[k] = at + (long) width * latent + k;
            positions[latent + k] = at + (width + 1L) * latent + (long) width * latent + k;
        }
        return positions;
    }

    private Network network(int size) {
        Network made = new Network(columns, config, DataType.DOUBLE, size, new float[0]);
        double[] values = new double[parameters.length];
        Arrays.setAll(values, i -> parameters[i]);
        Elementwise.put(values, made.parameters().values());
        return made;
    }

    private Batch copies(int size, Standardisation standardisation) {
        Batch copies = new Batch(columns, standardisation, size, 0, 0);
        copies.load(record, new int[size], 0, 0);
        return copies;
    }
}
