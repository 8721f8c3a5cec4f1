package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * How many examples a second of processor time goes through training, on rows that carry no meaning: forward, backward and Adam, with all that a step of {@link VaeTrainer} does but the
 * reading.
 */
public final class TrainingSpeed {

    /** How many rows a pass goes through. */
    public static final int ROWS = 65_536;

    private final int fields;
    private final VaeConfig config;
    private final Activation activation;

    private TrainingSpeed(int fields, VaeConfig config, Activation activation) {
        this.fields = fields;
        this.config = config;
        this.activation = activation;
    }

    /** The network that others are measured with: 30 normal fields, hidden layers of 128 and 64 with ReLU, 8 latent dimensions, a standard normal prior. */
    public static TrainingSpeed ofYardstick(int batch) {
        return new TrainingSpeed(30, new VaeConfig(8, List.of(128, 64), 0, batch, 1, 1e-3, 0, 0, 1), Activation.RELU);
    }

    /** The network that is trained by default on many rows of 30 numbers. */
    public static TrainingSpeed ofDefault() {
        return new TrainingSpeed(30, VaeConfig.defaults(ROWS, 1), Activation.SILU);
    }

    /** Rows a step. */
    public int batch() {
        return config.batch();
    }

    /** Examples per CPU second of this thread, over so many passes through the rows; the best of them, as others disturb. */
    public double measure(int passes) {
        NumberLikelihood likelihood =
                activation == Activation.RELU ? NumberLikelihood.GAUSSIAN : NumberLikelihood.STUDENT_T;
        Columns columns = new Columns(Collections.nCopies(fields, likelihood), List.of());
        EncodedRows rows = rows();
        int size = config.batch();
        Batch batch = new Batch(columns, Standardisation.of(rows), size, 0, config.masking());
        int[] order = new int[ROWS];
        Arrays.setAll(order, row -> row);
        batch.load(rows);
        float[] pseudoInputs = Arrays.copyOf(batch.input(), config.pseudoInputs() * fields);
        Network network = new Network(columns, config, activation, DataType.FLOAT, size, pseudoInputs);
        Optimiser optimiser = new Optimiser(network.parameters());
        double[] weights = new double[size];
        Arrays.fill(weights, 1);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        double best = 0;
        long step = 0;
        for (int pass = 0; pass < passes; pass++) {
            long start = threads.getCurrentThreadCpuTime();
            int examples = 0;
            for (int from = 0; from + size <= ROWS; from += size) {
                batch.load(rows, order, from, step);
                network.drawNoise(step);
                network.bounds(batch, 1);
                network.gradient(1, weights);
                optimiser.ascend(1.0 / size / fields, config.learningRate(), step++);
                examples += size;
            }
            best = Math.max(best, examples / ((threads.getCurrentThreadCpuTime() - start) / 1e9));
        }
        return best;
    }

    /** Rows of smooth functions of six numbers, with noise. */
    private EncodedRows rows() {
        Random random = new Random(1);
        double[][] mixing = new double[6][fields];
        for (double[] row : mixing) {
            Arrays.setAll(row, field -> random.nextGaussian());
        }
        float[] numbers = new float[ROWS * fields];
        double[] factors = new double[mixing.length];
        for (int i = 0; i < ROWS; i++) {
            Arrays.setAll(factors, factor -> random.nextGaussian());
            for (int j = 0; j < fields; j++) {
                double sum = 0;
                for (int k = 0; k < factors.length; k++) {
                    sum += factors[k] * mixing[k][j];
                }
                numbers[i * fields + j] = (float) (Math.tanh(0.5 * sum) + 0.3 * random.nextGaussian());
            }
        }
        return new EncodedRows(ROWS, fields, 0, numbers, new int[0]);
    }
}
