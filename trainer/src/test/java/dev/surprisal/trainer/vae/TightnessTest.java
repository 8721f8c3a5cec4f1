package dev.surprisal.trainer.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.trainer.data.EncodedRows;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The bounds on log p(x) of a model for which it is known. */
class TightnessTest {

    private static final LinearVae EXACT = LinearVae.exact();
    private static final int MOST = 256;
    private static final EncodedRows ROWS = EXACT.sample(100, new Random(21));

    @Test
    void withTheTruePosteriorTheBoundIsTheLogDensityWhateverTheSamples() {
        float[][] noise = {{0.3f, -1.2f}, {2.5f, 0.1f}, {-3f, -2f}};

        VaeScores scores = VaeScores.of(EXACT.vae(), noise, ROWS);

        double[] logDensity = EXACT.logDensity(ROWS);
        assertThat(scores.elbo()).containsExactly(logDensity, within(1e-5));
        assertThat(scores.logLikelihood()).containsExactly(logDensity, within(1e-5));
    }

    @Test
    void withAnyOtherItIsLessByTheDivergenceFromTheTrueOne() {
        LinearVae worse = EXACT.withWorsePosterior();
        float[][] noise = new float[4][2];
        for (int corner = 0; corner < 4; corner++) {
            // Their squares have the mean 1, so the divergence of two normal distributions comes out without error.
            noise[corner][0] = corner < 2 ? 1 : -1;
            noise[corner][1] = corner % 2 == 0 ? 1 : -1;
        }

        double[] elbo = VaeScores.of(worse.vae(), noise, ROWS).elbo();

        double[] logDensity = EXACT.logDensity(ROWS);
        double[][] truth = ExactSamples.posterior(EXACT.vae(), ROWS);
        double[][] q = ExactSamples.posterior(worse.vae(), ROWS);
        for (int n = 0; n < elbo.length; n++) {
            double divergence = 0;
            for (int k = 0; k < 2; k++) {
                double shift = q[n][k] - truth[n][k];
                double logRatio = q[n][2 + k] - truth[n][2 + k];
                divergence += 0.5 * (Math.exp(logRatio) + shift * shift / Math.exp(truth[n][2 + k]) - 1 - logRatio);
            }
            assertThat(logDensity[n] - elbo[n]).isCloseTo(divergence, within(1e-5));
        }
    }

    @Test
    void importanceWeightingClosesTheGapAndNeverWidensIt() {
        Tightness tightness = new Tightness(EXACT.withWorsePosterior().vae(), ROWS, MOST, new Random(22));
        double[] logDensity = EXACT.logDensity(ROWS);

        double[] before = tightness.bound(1);
        double first = mean(before);
        for (int samples = 2; samples <= MOST; samples *= 2) {
            double[] bound = tightness.bound(samples);
            for (int n = 0; n < bound.length; n++) {
                assertThat(bound[n]).as("row %d, L = %d", n, samples).isGreaterThanOrEqualTo(before[n] - 1e-9);
            }
            before = bound;
        }

        double gap = mean(logDensity) - first;
        assertThat(gap).isGreaterThan(0.2);
        assertThat(Math.abs(mean(logDensity) - mean(before))).isLessThan(0.03 * gap);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }
}
