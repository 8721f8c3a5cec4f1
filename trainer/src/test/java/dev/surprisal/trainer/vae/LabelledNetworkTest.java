package dev.surprisal.trainer.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.vae.Columns.Categorical;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** That what known anomalies are compared with is M2 itself. */
class LabelledNetworkTest {

    private static final double DIFFERENCE = 1e-5;
    private static final double TOLERANCE = 1e-6;
    private static final int[] KNOWN = {
        0, 1, LabelledNetwork.UNKNOWN, LabelledNetwork.UNKNOWN, 1, LabelledNetwork.UNKNOWN, 0
    };

    private static final Columns COLUMNS = new Columns(
            List.of(NumberLikelihood.BERNOULLI, NumberLikelihood.STUDENT_T, NumberLikelihood.GAUSSIAN),
            List.of(new Categorical(3, 0.01)));

    @ParameterizedTest(name = "{0} pseudo-inputs")
    @ValueSource(ints = {0, 4})
    void theGradientAgreesWithFiniteDifferences(int components) {
        Random random = new Random(42);
        Batch twice = twice(random);
        LabelledNetwork network = network(components, random);
        INDArray values = network.parameters().values();

        network.objective(twice, KNOWN, 0.7);
        network.gradient(KNOWN, 0.7);
        double[] gradient = network.parameters().gradient().toDoubleVector();

        for (int i = 0; i < gradient.length; i++) {
            double value = values.getDouble(i);
            values.putScalar(i, value + DIFFERENCE);
            double above = Arrays.stream(network.objective(twice, KNOWN, 0.7)).sum();
            values.putScalar(i, value - DIFFERENCE);
            double below = Arrays.stream(network.objective(twice, KNOWN, 0.7)).sum();
            values.putScalar(i, value);
            double difference = (above - below) / (2 * DIFFERENCE);
            assertThat(Math.abs(gradient[i] - difference) / Math.max(1, Math.abs(difference)))
                    .as("parameter %d of %d: gradient %s, difference %s", i, gradient.length, gradient[i], difference)
                    .isLessThan(TOLERANCE);
        }
    }

    @Test
    void theSumOverTheClassesIsGreatestAtTheirPosterior() {
        Random random = new Random(7);
        Batch twice = twice(random);
        LabelledNetwork network = network(0, random);

        double[] unknown = new double[KNOWN.length];
        int[] none = IntStream.generate(() -> LabelledNetwork.UNKNOWN)
                .limit(KNOWN.length)
                .toArray();
        System.arraycopy(network.objective(twice, none, 1), 0, unknown, 0, unknown.length);
        double[] bounds = network.bounds(twice, 1);

        for (int n = 0; n < KNOWN.length; n++) {
            double greater = Math.max(bounds[n], bounds[KNOWN.length + n]);
            double logSum =
                    greater + Math.log(Math.exp(bounds[n] - greater) + Math.exp(bounds[KNOWN.length + n] - greater));
            double one = 1 / (1 + Math.exp(-network.logOdds()[n]));
            double posterior = Math.exp(bounds[KNOWN.length + n] - logSum);
            double divergence = one * Math.log(one / posterior) + (1 - one) * Math.log((1 - one) / (1 - posterior));
            assertThat(unknown[n]).isCloseTo(logSum - divergence, within(1e-9));
        }
    }

    private static Batch twice(Random random) {
        EncodedRows rows = GradientTest.rows(COLUMNS, 0, random);
        int[] order =
                IntStream.range(0, 2 * rows.size()).map(i -> i % rows.size()).toArray();
        Batch twice = new Batch(COLUMNS, Standardisation.of(rows), order.length, 0, 0);
        twice.load(rows, order, 0, 0);
        return twice;
    }

    private static LabelledNetwork network(int components, Random random) {
        float[] pseudoInputs = new float[components * (Batch.inputs(COLUMNS) + 2)];
        for (int i = 0; i < pseudoInputs.length; i++) {
            pseudoInputs[i] = (float) random.nextGaussian();
        }
        VaeConfig config = new VaeConfig(3, List.of(5, 4), components, KNOWN.length, 1, 1e-3, 0, 0, 1);
        LabelledNetwork network =
                new LabelledNetwork(COLUMNS, config, DataType.DOUBLE, KNOWN.length, pseudoInputs, 0.1, 0.8);
        INDArray values = network.parameters().values();
        for (long i = 0; i < values.length(); i++) {
            values.putScalar(i, values.getDouble(i) + 0.3 * random.nextGaussian());
        }
        for (long i = 0; i < network.noise().length(); i++) {
            network.noise().putScalar(i, random.nextGaussian());
        }
        return network;
    }
}
