package dev.surprisal.trainer.vae;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.vae.Columns.Categorical;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The gradient of the whole bound by every parameter, in double precision, against central differences. */
class GradientTest {

    private static final int ROWS = 7;
    private static final double DIFFERENCE = 1e-5;
    private static final double TOLERANCE = 1e-6;

    private static final List<NumberLikelihood> NO_NUMBERS = List.of();
    private static final List<Categorical> NO_CATEGORIES = List.of();

    static Stream<Arguments> models() {
        List<NumberLikelihood> gaussian = List.of(NumberLikelihood.GAUSSIAN, NumberLikelihood.GAUSSIAN);
        List<NumberLikelihood> scattered = List.of(NumberLikelihood.HETEROSCEDASTIC, NumberLikelihood.HETEROSCEDASTIC);
        List<NumberLikelihood> studentT = List.of(NumberLikelihood.STUDENT_T, NumberLikelihood.STUDENT_T);
        List<NumberLikelihood> bernoulli = List.of(NumberLikelihood.BERNOULLI, NumberLikelihood.BERNOULLI);
        List<NumberLikelihood> counts = List.of(NumberLikelihood.NEGATIVE_BINOMIAL, NumberLikelihood.NEGATIVE_BINOMIAL);
        List<Categorical> categories = List.of(new Categorical(3, 0.01), new Categorical(2, 0.2));
        List<NumberLikelihood> mixed = List.of(
                NumberLikelihood.BERNOULLI,
                NumberLikelihood.STUDENT_T,
                NumberLikelihood.GAUSSIAN,
                NumberLikelihood.HETEROSCEDASTIC,
                NumberLikelihood.NEGATIVE_BINOMIAL,
                NumberLikelihood.STUDENT_T);
        return Stream.of(0, 4)
                .flatMap(components -> Stream.of(
                        Arguments.of("gaussian", new Columns(gaussian, NO_CATEGORIES), components, 0.0, 1.0),
                        Arguments.of("heteroscedastic", new Columns(scattered, NO_CATEGORIES), components, 0.0, 1.0),
                        Arguments.of("student-t", new Columns(studentT, NO_CATEGORIES), components, 0.0, 1.0),
                        Arguments.of("bernoulli", new Columns(bernoulli, NO_CATEGORIES), components, 0.0, 1.0),
                        Arguments.of("negative binomial", new Columns(counts, NO_CATEGORIES), components, 0.0, 1.0),
                        Arguments.of("categorical", new Columns(NO_NUMBERS, categories), components, 0.0, 1.0),
                        Arguments.of("all", new Columns(mixed, categories), components, 0.0, 1.0),
                        Arguments.of("all, half the divergence", new Columns(mixed, categories), components, 0.0, 0.5),
                        Arguments.of("all, a third missing", new Columns(mixed, categories), components, 0.3, 1.0)));
    }

    @ParameterizedTest(name = "{0}, {2} pseudo-inputs")
    @MethodSource("models")
    void agreesWithFiniteDifferences(String name, Columns columns, int components, double missing, double beta) {
        Random random = new Random(42);
        EncodedRows rows = rows(columns, missing, random);
        Batch batch = new Batch(columns, Standardisation.of(rows), ROWS, 0, 0);
        batch.load(rows);
        float[] pseudoInputs = new float[components * Batch.inputs(columns)];
        for (int i = 0; i < pseudoInputs.length; i++) {
            pseudoInputs[i] = (float) random.nextGaussian();
        }
        VaeConfig config = new VaeConfig(3, List.of(5, 4), components, ROWS, 1, 1e-3, 0, 0, 1);
        Network network = new Network(columns, config, DataType.DOUBLE, ROWS, pseudoInputs);
        INDArray noise = network.noise();
        for (long i = 0; i < noise.length(); i++) {
            noise.putScalar(i, random.nextGaussian());
        }
        INDArray values = network.parameters().values();
        for (long i = 0; i < values.length(); i++) {
            values.putScalar(i, values.getDouble(i) + 0.3 * random.nextGaussian());
        }

        double[] weights = random.doubles(ROWS, -0.5, 1.5).toArray();
        network.bounds(batch, beta);
        network.gradient(beta, weights);
        double[] gradient = network.parameters().gradient().toDoubleVector();

        for (int i = 0; i < gradient.length; i++) {
            double value = values.getDouble(i);
            values.putScalar(i, value + DIFFERENCE);
            double above = weighted(network.bounds(batch, beta), weights);
            values.putScalar(i, value - DIFFERENCE);
            double below = weighted(network.bounds(batch, beta), weights);
            values.putScalar(i, value);
            double difference = (above - below) / (2 * DIFFERENCE);
            assertThat(Math.abs(gradient[i] - difference) / Math.max(1, Math.abs(difference)))
                    .as("parameter %d of %d: gradient %s, difference %s", i, gradient.length, gradient[i], difference)
                    .isLessThan(TOLERANCE);
        }
    }

    private static double weighted(double[] bounds, double[] weights) {
        return IntStream.range(0, ROWS).mapToDouble(n -> weights[n] * bounds[n]).sum();
    }

    static EncodedRows rows(Columns columns, double missing, Random random) {
        int d = columns.numbers().size();
        int c = columns.categories().size();
        float[] numbers = new float[ROWS * d];
        int[] categories = new int[ROWS * c];
        for (int i = 0; i < numbers.length; i++) {
            double value = switch (columns.numbers().get(i % d)) {
                case BERNOULLI -> random.nextInt(2);
                case NEGATIVE_BINOMIAL -> random.nextInt(random.nextBoolean() ? 3 : 100);
                case GAUSSIAN, HETEROSCEDASTIC, STUDENT_T -> 5 + 3 * random.nextGaussian();
            };
            numbers[i] = random.nextDouble() < missing ? Float.NaN : (float) value;
        }
        for (int i = 0; i < categories.length; i++) {
            int values = columns.categories().get(i % c).values();
            categories[i] = random.nextDouble() < missing ? -1 : random.nextInt(values + 1);
        }
        return new EncodedRows(ROWS, d, c, numbers, categories);
    }
}
