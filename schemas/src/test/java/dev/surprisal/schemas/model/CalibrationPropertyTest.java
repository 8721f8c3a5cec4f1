package dev.surprisal.schemas.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalibrationPropertyTest {

    @ParameterizedTest(name = "{0} calibration records")
    @ValueSource(ints = {1, 2, 50, 999, 1_000, 1_001, 5_000, 123_457})
    void theTailIsExactAndTheBodyNeverTooSmall(int records) {
        Random random = new Random(records);
        double[] scores = random.doubles(records, 0, 100).map(Math::rint).toArray();
        if (records > 1_001) {
            scores = random.doubles(records, 0, 100).toArray();
        }
        Calibration calibration = Calibration.of(scores, new double[1]);
        double[] sorted = scores.clone();
        Arrays.sort(sorted);

        for (int i = 0; i < 2_000; i++) {
            double score = i % 3 == 0 ? sorted[random.nextInt(records)] : -1 + 102 * random.nextDouble();
            double exact =
                    (1.0 + Arrays.stream(sorted).filter(other -> other >= score).count()) / (records + 1.0);
            double told = calibration.pValue(score);
            if (exact * (records + 1) <= Calibration.TAIL || records <= Calibration.TAIL) {
                assertThat(told).as("score %s", score).isEqualTo(exact);
            } else {
                assertThat(told).as("score %s", score).isBetween(exact, exact + 2.0 / Calibration.BODY + 2.0 / records);
            }
        }
    }

    @Test
    void theSmallestPValueIsOneAmongAll() {
        Calibration calibration = Calibration.of(new Random(1).doubles(99).toArray(), new double[0]);

        assertThat(calibration.pValue(Double.MAX_VALUE)).isEqualTo(0.01).isEqualTo(calibration.resolution());
        assertThat(calibration.pValue(-1)).isEqualTo(1);
    }

    @Test
    void freshNormalRecordsAreFlaggedAtTheSetRate() {
        Random random = new Random(8);
        double[] scores = random.doubles(20_000).toArray();
        Calibration calibration = Calibration.of(scores, new double[0]);

        long flagged = random.doubles(100_000)
                .filter(score -> calibration.pValue(score) <= 0.01)
                .count();

        // 99 % of the binomial distribution around the rate, widened by what 20,000 calibration records leave open.
        assertThat(flagged).isBetween(800L, 1_200L);
    }
}
