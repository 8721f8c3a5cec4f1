package dev.surprisal.trainer.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bound and its gradient by every parameter against automatic differentiation of the formulas. */
class SameDiffTest {

    private static final double TOLERANCE = 1e-8;

    @ParameterizedTest(name = "{0}, {2} pseudo-inputs")
    @MethodSource("dev.surprisal.trainer.vae.GradientTest#models")
    void automaticDifferentiationGivesTheSame(
            String name, Columns columns, int components, double missing, double beta) {
        Random random = new Random(13);
        RandomNetwork net = RandomNetwork.of(columns, components, missing, random);
        double[] weights = random.doubles(net.rows().size(), -0.5, 1.5).toArray();
        SameDiffBound oracle = new SameDiffBound(net, components, beta, weights);

        double[] bounds = net.network().bounds(net.batch(), beta);
        double weighted = 0;
        for (int n = 0; n < bounds.length; n++) {
            weighted += weights[n] * bounds[n];
        }
        net.network().gradient(beta, weights);

        assertThat(weighted).isCloseTo(oracle.bound(), within(TOLERANCE));
        double[] ours = net.network().parameters().gradient().toDoubleVector();
        double[] theirs = oracle.gradient();
        assertThat(ours).hasSameSizeAs(theirs);
        for (int i = 0; i < ours.length; i++) {
            assertThat(ours[i]).as("parameter %d of %d", i, ours.length).isCloseTo(theirs[i], within(TOLERANCE));
        }
    }
}
