package dev.surprisal.trainer.vae;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.trainer.data.EncodedRows;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The bound that training climbs, against the scores that the same parameters give with every formula written out. */
class BoundTest {

    @ParameterizedTest(name = "{0}, {2} pseudo-inputs")
    @MethodSource("dev.surprisal.trainer.vae.GradientTest#models")
    void isTheSumOfTheScores(String name, Columns columns, int components, double missing, double beta) {
        Random random = new Random(7);
        EncodedRows rows = GradientTest.rows(columns, missing, random);
        Standardisation standardisation = Standardisation.of(rows);
        Batch batch = new Batch(columns, standardisation, rows.size(), 0, 0);
        batch.load(rows);
        float[] pseudoInputs = new float[components * Batch.inputs(columns)];
        for (int i = 0; i < pseudoInputs.length; i++) {
            pseudoInputs[i] = (float) random.nextGaussian();
        }
        VaeConfig config = new VaeConfig(3, List.of(5, 4), components, rows.size(), 1, 1e-3, 0, 0, 1);
        Network network = new Network(columns, config, DataType.DOUBLE, rows.size(), pseudoInputs);
        INDArray values = network.parameters().values();
        for (long i = 0; i < values.length(); i++) {
            // What a float holds, so that the trained model has these very parameters.
            values.putScalar(i, (float) (values.getDouble(i) + 0.3 * random.nextGaussian()));
        }
        // With eps = 1 and -1 in every dimension the sampled divergence from N(0, I) has the exact one as its mean.
        float[][] noise = new float[2][config.latent()];
        Arrays.fill(noise[0], 1);
        Arrays.fill(noise[1], -1);

        double withoutDivergence = 0;
        double bound = 0;
        for (float[] eps : noise) {
            for (int row = 0; row < rows.size(); row++) {
                for (int k = 0; k < eps.length; k++) {
                    network.noise().putScalar(row, k, eps[k]);
                }
            }
            withoutDivergence += Arrays.stream(network.bounds(batch, 0)).sum() / noise.length;
            bound += Arrays.stream(network.bounds(batch, 1)).sum() / noise.length;
        }

        VaeScores scores = VaeScores.of(network.toTrained(batch, columns, standardisation), noise, rows);
        assertThat(withoutDivergence)
                .isCloseTo(Arrays.stream(scores.reconstructionLogProbability()).sum(), Percentage.withPercentage(1e-4));
        assertThat(bound).isCloseTo(Arrays.stream(scores.elbo()).sum(), Percentage.withPercentage(1e-4));
    }
}
