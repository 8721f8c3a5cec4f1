package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.Draw;
import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.data.RandomSubset;
import dev.surprisal.trainer.data.Rows;
import dev.surprisal.trainer.data.ShuffledRows;
import dev.surprisal.trainer.vae.FitState.KeptParameters;
import dev.surprisal.trainer.vae.ParameterChoice.Look;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Fits a variational autoencoder by minibatch stochastic gradient ascent on the evidence lower bound.
 *
 * <p>The weight of the divergence rises from 0 to beta, usually 1, over the first fifth of the steps, so that the decoder learns to use z before z is held to the prior. Rows
 * come in shuffled epochs. The same rows, configuration and seed give the same bits on the same machine, also when the fit goes on from a checkpoint; with a time
 * budget they do not, for then the clock has a say.
 */
public final class VaeTrainer {

    /** How often a fit is looked at. */
    static final int LOOKS = 40;

    private static final double SMOOTHING = 0.98;

    private final Instant start;
    private final Columns columns;
    private final VaeConfig config;
    private final FitOptions options;
    private final Schedule schedule;
    private final Standardisation standardisation;
    private final Batch batch;
    private final Network network;
    private final Optimiser optimiser;
    private final HeldOutBound heldOut;
    private final KnownAnomalies anomalies;
    private final double[] weights;

    private int step;
    private double smoothed = Double.NaN;
    private KeptParameters best;

    private VaeTrainer(Rows rows, EncodedRows anomalies, Columns columns, VaeConfig config, FitOptions options) {
        start = options.clock().instant();
        this.columns = columns;
        this.config = config;
        this.options = options;
        schedule = new Schedule(config, options.timeBudget());
        standardisation = Standardisation.of(rows);
        int size = (int) Math.min(config.batch(), rows.count());
        batch = new Batch(columns, standardisation, size, config.noise(), config.masking());
        network = new Network(columns, config, DataType.FLOAT, size, pseudoInputs(rows));
        optimiser = new Optimiser(network.parameters());
        heldOut = options.watch() == null
                ? null
                : new HeldOutBound(options.watch().heldOut(), columns, standardisation, size, config.seed());
        this.anomalies = anomalies == null || anomalies.size() == 0 ? null : new KnownAnomalies(anomalies);
        weights = new double[size];
        Arrays.fill(weights, 1);
    }

    /** Fits a network from the beginning to the end. */
    public static TrainedVae fit(Rows rows, Columns columns, VaeConfig config, FitListener listener) {
        return fit(rows, columns, config, FitOptions.NONE, listener).vae();
    }

    /** Fits a network to rows of which nothing is known. */
    public static Fitted fit(Rows rows, Columns columns, VaeConfig config, FitOptions options, FitListener listener) {
        return fit(rows, null, columns, config, options, listener);
    }

    /**
     * Fits a network.
     *
     * @param rows at least one, normal as far as is known
     * @param anomalies records that are known to be none of them; null = none are known
     * @throws TrainingException if the bound ceases to be a number
     * @throws CancellationException if the thread is interrupted, unless that ends the fit
     */
    public static Fitted fit(
            Rows rows,
            EncodedRows anomalies,
            Columns columns,
            VaeConfig config,
            FitOptions options,
            FitListener listener) {
        if (rows.count() == 0) {
            throw new TrainingException("there are no rows to train on");
        }
        VaeTrainer trainer = new VaeTrainer(rows, anomalies, columns, config, options);
        if (options.from() != null) {
            trainer.restore(options.from());
        }
        boolean interrupted = false;
        try (ShuffledRows shuffled =
                new ShuffledRows(rows, trainer.batch.size(), ShuffledRows.CHUNK_BYTES, config.seed())) {
            trainer.run(shuffled, listener);
        } catch (InterruptedException e) {
            if (!options.endsWhenInterrupted() || trainer.step == 0) {
                throw trainer.cancelled();
            }
            interrupted = true;
        }
        FitState last = trainer.state();
        return new Fitted(trainer.result(), last, interrupted);
    }

    private void run(ShuffledRows rows, FitListener listener) throws InterruptedException {
        Duration elapsed = elapsed();
        Duration saved = elapsed;
        double progress = schedule.progress(step, elapsed);
        while (progress < 1) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            ascend(rows.at(step), progress);
            step++;
            elapsed = elapsed();
            double before = progress;
            progress = schedule.progress(step, elapsed);
            if (heldOut != null && (int) (progress * LOOKS) > (int) (before * LOOKS) && isToStop(progress)) {
                progress = 1;
            }
            listener.stepped(step, schedule.steps(step, progress), smoothed);
            if (options.checkpoints() != null
                    && elapsed.minus(saved).compareTo(options.checkpoints().every()) >= 0) {
                options.checkpoints().sink().accept(state());
                saved = elapsed;
            }
        }
    }

    private void ascend(ShuffledRows.Slice slice, double progress) {
        batch.load(slice.rows(), slice.order(), slice.from(), Draw.INPUT.seed(config.seed(), step));
        if (anomalies != null) {
            anomalies.load(batch, Draw.ANOMALIES.seed(config.seed(), step));
        }
        network.drawNoise(Draw.LATENT.seed(config.seed(), step));
        double beta = schedule.beta(progress);
        double[] bounds = network.bounds(batch, beta);
        int others = batch.size();
        if (anomalies != null) {
            others -= KnownAnomalies.count(batch.size());
            KnownAnomalies.weigh(bounds, weights);
        }
        double bound = Arrays.stream(bounds, 0, others).average().orElseThrow();
        if (Double.isNaN(bound) || Double.isInfinite(bound)) {
            throw new TrainingException(
                    "the bound is no longer a number at step " + (step + 1)
                            + "; values of very different size in one field can do this, so look at the ranges that `describe` shows");
        }
        network.gradient(beta, weights);
        double columnCount = columns.numbers().size() + columns.categories().size();
        optimiser.ascend(1.0 / batch.size() / columnCount, schedule.rate(step, progress), step);
        smoothed = Double.isNaN(smoothed) ? bound : SMOOTHING * smoothed + (1 - SMOOTHING) * bound;
    }

    /** Looks at the held-out rows. */
    private boolean isToStop(double progress) {
        HeldOutBound.Estimate bound = heldOut.of(network);
        double kept = best == null ? Double.NaN : best.bound();
        Look look = new Look(step, progress, schedule.isAnnealed(progress), bound.mean(), bound.error(), kept);
        return switch (options.watch().choice().judge(look)) {
            case GO_ON -> false;
            case KEEP -> {
                best = new KeptParameters(bound.mean(), network.parameters().toFloats());
                yield false;
            }
            case STOP -> true;
        };
    }

    private Duration elapsed() {
        Duration before =
                options.from() == null ? Duration.ZERO : options.from().elapsed();
        return before.plus(Duration.between(start, options.clock().instant()));
    }

    private FitState state() {
        return new FitState(step, network.parameters().toFloats(), optimiser.moments(), smoothed, elapsed(), best);
    }

    private void restore(FitState state) {
        step = state.step();
        smoothed = state.bound();
        best = state.best();
        network.parameters().restore(state.parameters());
        optimiser.restore(state.moments());
    }

    /** Hands the state over, for the fit to go on from, and interrupts the thread again. */
    private CancellationException cancelled() {
        if (options.checkpoints() != null) {
            options.checkpoints().sink().accept(state());
        }
        Thread.currentThread().interrupt();
        return new CancellationException("the fit was interrupted at step " + step);
    }

    private TrainedVae result() {
        if (best != null) {
            network.parameters().restore(best.parameters());
        }
        return network.toTrained(batch, columns, standardisation);
    }

    /** The version of ND4J. */
    public static String engineVersion() {
        String version = Nd4j.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    /** Encoder inputs of some random training rows. */
    private float[] pseudoInputs(Rows rows) {
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
