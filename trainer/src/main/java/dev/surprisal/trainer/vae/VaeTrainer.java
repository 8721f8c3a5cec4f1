package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.Draw;
import dev.surprisal.trainer.data.RandomSubset;
import dev.surprisal.trainer.data.Rows;
import dev.surprisal.trainer.data.ShuffledRows;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Fits a variational autoencoder by minibatch stochastic gradient ascent on the evidence lower bound.
 *
 * <p>Adam (Kingma and Ba 2015); the learning rate rises over {@value #WARM_UP} steps and falls along a cosine to 2 %; the weight beta of the divergence rises from 0 to
 * 1 over the first fifth of the steps, so that the decoder learns to use z before z is held to the prior. Rows come in shuffled epochs. The same rows,
 * configuration and seed give the same bits on the same machine.
 */
public final class VaeTrainer {

    private static final int WARM_UP = 50;
    private static final double LAST_RATE = 0.02;
    private static final double ANNEALING = 0.2;
    private static final double SMOOTHING = 0.98;

    private VaeTrainer() {}

    /**
     * Fits a network.
     *
     * @param rows at least one
     * @throws TrainingException if the bound ceases to be a number
     * @throws CancellationException if the thread is interrupted
     */
    public static TrainedVae fit(Rows rows, Columns columns, VaeConfig config, FitListener listener) {
        if (rows.count() == 0) {
            throw new TrainingException("there are no rows to train on");
        }
        Standardisation standardisation = Standardisation.of(rows);
        int size = (int) Math.min(config.batch(), rows.count());
        Batch batch = new Batch(columns, standardisation, size, config.noise(), config.masking());
        Network network = new Network(
                columns, config, DataType.FLOAT, size, pseudoInputs(rows, columns, standardisation, config));
        Optimiser optimiser = new Optimiser(network.parameters());

        double[] weights = new double[size];
        Arrays.fill(weights, 1);
        double smoothed = Double.NaN;
        try (ShuffledRows shuffled = new ShuffledRows(rows, size, ShuffledRows.CHUNK_BYTES, config.seed())) {
            for (int step = 0; step < config.steps(); step++) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new CancellationException("the fit was interrupted at step " + step);
                }
                ShuffledRows.Slice slice = shuffled.at(step);
                batch.load(slice.rows(), slice.order(), slice.from(), Draw.INPUT.seed(config.seed(), step));
                network.drawNoise(Draw.LATENT.seed(config.seed(), step));
                double beta = Math.min(1, (step + 1) / (ANNEALING * config.steps()));
                double[] bounds = network.bounds(batch, beta);
                double bound = Arrays.stream(bounds).average().orElseThrow();
                if (Double.isNaN(bound) || Double.isInfinite(bound)) {
                    throw new TrainingException(
                            "the bound is no longer a number at step " + (step + 1)
                                    + "; values of very different size in one field can do this, so look at the ranges that `describe` shows");
                }
                network.gradient(beta, weights);
                optimiser.ascend(
                        1.0
                                / size
                                / (columns.numbers().size()
                                        + columns.categories().size()),
                        rate(config, step),
                        step);
                smoothed = Double.isNaN(smoothed) ? bound : SMOOTHING * smoothed + (1 - SMOOTHING) * bound;
                listener.stepped(step + 1, config.steps(), smoothed);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the fit was interrupted");
        }
        return network.toTrained(batch, columns, standardisation);
    }

    /** The version of ND4J. */
    public static String engineVersion() {
        String version = Nd4j.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    private static double rate(VaeConfig config, int step) {
        double warm = Math.min(1, (step + 1.0) / WARM_UP);
        double cosine = (1 + Math.cos(Math.PI * step / config.steps())) / 2;
        return config.learningRate() * warm * (LAST_RATE + (1 - LAST_RATE) * cosine);
    }

    /** Encoder inputs of some random training rows. */
    private static float[] pseudoInputs(Rows rows, Columns columns, Standardisation standardisation, VaeConfig config) {
        int components = (int) Math.min(config.pseudoInputs(), rows.count());
        if (components == 0) {
            return new float[0];
        }
        long[] some = RandomSubset.of(rows.count(), components, Draw.PSEUDO_INPUTS.seed(config.seed(), 0));
        Batch starts = new Batch(columns, standardisation, components, 0, 0);
        starts.load(rows.select(some));
        return starts.input();
    }
}
