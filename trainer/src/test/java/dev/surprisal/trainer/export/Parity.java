package dev.surprisal.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.trainer.vae.VaeScores;
import java.util.Arrays;
import java.util.Map;
import org.assertj.core.data.Offset;

/** Every output of a graph against the trainer's own arithmetic. */
record Parity(VaeScores expected) {

    void check(Map<String, float[]> outputs) {
        for (int row = 0; row < expected.elbo().length; row++) {
            checkNats(outputs.get("elbo"), "elbo", row, expected.elbo()[row]);
            checkNats(outputs.get("log_likelihood"), "log-likelihood", row, expected.logLikelihood()[row]);
            checkNats(
                    outputs.get("reconstruction_log_probability"),
                    "reconstruction",
                    row,
                    expected.reconstructionLogProbability()[row]);
            checkNats(outputs.get("field_log_probability"), "field", row, expected.fieldLogProbability()[row]);
            double elbo = expected.elbo()[row];
            double[] numbers = expected.expectedNumbers()[row];
            for (int column = 0; column < numbers.length; column++) {
                double scale = expected.numberScale()[row][column];
                assertExpected(outputs, row * numbers.length + column, elbo, numbers[column], scale);
            }
            double[][] probabilities = expected.probabilities()[row];
            for (int column = 0; column < probabilities.length; column++) {
                int code = (int) outputs.get("expected_categories")[row * probabilities.length + column];
                // Of values that are as good as equally probable, either may be told.
                check(
                        "expected category of row " + row,
                        probabilities[column][code - 1],
                        Arrays.stream(probabilities[column]).max().orElseThrow(),
                        2 * weightError(elbo));
            }
        }
    }

    /** There are millions of them, so an assertion is made only where it fails. */
    private static void check(String what, double actual, double expected, double tolerance) {
        if (!(Math.abs(actual - expected) <= tolerance)) {
            assertThat(actual).as(what).isCloseTo(expected, within(tolerance));
        }
    }

    private static void checkNats(float[] output, String name, int row, double... nats) {
        for (int column = 0; column < nats.length; column++) {
            check(name, output[row * nats.length + column], nats[column], tolerance(nats[column]));
        }
    }

    /** A ten-thousandth of a nat; of hundreds of nats, what single precision gives. */
    static Offset<Double> nats(double expected) {
        return within(tolerance(expected));
    }

    private static double tolerance(double nats) {
        return 1e-4 + 1e-5 * Math.abs(nats);
    }

    /** By how much, relatively, a sample's weight may differ: as much as the log-probabilities that it is made of, in nats. */
    static double weightError(double elbo) {
        return 1e-4 + 5e-6 * Math.abs(elbo);
    }

    /** What is weighted differs by the weights' error, as a share of how far the samples are apart. */
    static void assertExpected(Map<String, float[]> outputs, int place, double elbo, double expected, double scale) {
        double error = weightError(elbo);
        check(
                "expected number",
                outputs.get("expected_numbers")[place],
                expected,
                error * (1 + scale) + 2e-6 * Math.abs(expected));
        // Squared, as the root of p (1 - p) magnifies the rounding of a p near 1.
        double square = scale * scale;
        check("squared scale", Math.pow(outputs.get("number_scale")[place], 2), square, error * (1 + 3 * square));
    }
}
