package dev.surprisal.trainer.vae;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bound that training climbs, against the scores that the same parameters give with every formula written out. */
class BoundTest {

    @ParameterizedTest(name = "{0}, {2} pseudo-inputs")
    @MethodSource("dev.surprisal.trainer.vae.GradientTest#models")
    void isTheSumOfTheScores(String name, Columns columns, int components, double missing, double beta) {
        RandomNetwork random = RandomNetwork.of(columns, components, missing, new Random(7));
        Network network = random.network();
        // With eps = 1 and -1 in every dimension the sampled divergence from N(0, I) has the exact one as its mean.
        float[][] noise = new float[2][random.config().latent()];
        Arrays.fill(noise[0], 1);
        Arrays.fill(noise[1], -1);

        double withoutDivergence = 0;
        double bound = 0;
        for (float[] eps : noise) {
            network.noise().assign(eps[0]);
            withoutDivergence +=
                    Arrays.stream(network.bounds(random.batch(), 0)).sum() / noise.length;
            bound += Arrays.stream(network.bounds(random.batch(), 1)).sum() / noise.length;
        }

        VaeScores scores = VaeScores.of(random.trained(), noise, random.rows());
        assertThat(withoutDivergence)
                .isCloseTo(Arrays.stream(scores.reconstructionLogProbability()).sum(), Percentage.withPercentage(1e-4));
        assertThat(bound).isCloseTo(Arrays.stream(scores.elbo()).sum(), Percentage.withPercentage(1e-4));
    }
}
