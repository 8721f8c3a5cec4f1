package dev.surprisal.trainer.vae;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Both estimators are right in the mean, and one needs far fewer draws. */
class GradientEstimatorsTest {

    private static final int DRAWS = 1 << 16;

    @Test
    void bothAreUnbiasedAndTheReparameterisedOneHasByFarTheSmallerVariance() {
        EncodedRows rows = LinearVae.exact().sample(500, new Random(31));
        Columns columns = new Columns(Collections.nCopies(5, NumberLikelihood.STUDENT_T), List.of());
        VaeConfig config = new VaeConfig(2, List.of(8), 0, 64, 200, 5e-3, 0, 0, 1);
        float[] parameters = VaeTrainer.fit(rows, columns, config, FitOptions.NONE, (step, steps, bound) -> {})
                .state()
                .parameters();
        Standardisation standardisation = Standardisation.of(rows);
        GradientEstimators estimators =
                new GradientEstimators(columns, config, parameters, standardisation, rows.first(1));
        Random random = new Random(32);

        double[] exact = estimators.exact(standardisation);
        EstimatorMoments reparameterised = estimators.reparameterised(DRAWS, random);
        EstimatorMoments scoreFunction = estimators.scoreFunction(DRAWS, 0, random);
        EstimatorMoments withBaseline =
                estimators.scoreFunction(DRAWS, estimators.meanLogProbability(DRAWS, random), random);

        for (EstimatorMoments estimator : List.of(reparameterised, scoreFunction, withBaseline)) {
            for (int p = 0; p < exact.length; p++) {
                assertThat((estimator.mean()[p] - exact[p]) / estimator.standardError(p))
                        .as("deviation from %s, in standard errors", exact[p])
                        .isBetween(-4.0, 4.0);
            }
        }
        assertThat(scoreFunction.totalVariance()).isGreaterThan(20 * reparameterised.totalVariance());
        assertThat(withBaseline.totalVariance())
                .isBetween(3 * reparameterised.totalVariance(), scoreFunction.totalVariance());
    }
}
