package dev.surprisal.trainer.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.ParetoTail;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TailFitPropertyTest {

    /** Distributions of scores. */
    enum Scores {
        EXPONENTIAL,
        /** With an end. */
        SHORT,
        /** Student's t with two degrees of freedom. */
        HEAVY;

        /** The score with a probability of p above it, p in (0, 1]. */
        double quantile(double p) {
            return switch (this) {
                case EXPONENTIAL -> -Math.log(p);
                case SHORT -> -Math.pow(p, 0.3);
                case HEAVY -> (1 - 2 * p) / Math.sqrt(2 * p * (1 - p));
            };
        }

        double[] sample(int size, Random random) {
            return random.doubles(size).map(uniform -> quantile(1 - uniform)).toArray();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.3, 0, 0.2, 0.7})
    void theShapeAndScaleOfASampleAreFoundAgain(double shape) {
        Random random = new Random(11);
        ParetoFit truth = new ParetoFit(shape, 3);
        double[] sample = random.doubles(20_000)
                .map(uniform -> truth.quantile(1 - uniform))
                .sorted()
                .toArray();

        ParetoFit fit = ParetoFit.of(sample);

        // Five standard deviations of the estimates.
        assertThat(fit.shape()).isCloseTo(shape, within(5 * (1 + shape) / Math.sqrt(20_000)));
        assertThat(fit.scale()).isCloseTo(3, within(5 * 3 * Math.sqrt(2 * (1 + shape) / 20_000)));
    }

    @ParameterizedTest
    @EnumSource
    void beyondTheResolutionRecordsAreFlaggedAtTheSetRate(Scores scores) {
        Random random = new Random(5);
        double rate = 1e-4;
        double sum = 0;
        int sets = 500;
        for (int set = 0; set < sets; set++) {
            sum += share(calibration(scores.sample(2_000, random)), rate, scores);
        }

        assertThat(sum / sets).as("mean false-alarm rate at 1/10000").isBetween(0.5 * rate, 2 * rate);
    }

    /** With the tail of the 200 largest scores, whether it fits or not. */
    private static Calibration calibration(double[] scores) {
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        double threshold = sorted[sorted.length - 201];
        double[] exceedances = Arrays.stream(sorted)
                .skip(sorted.length - 200)
                .map(score -> score - threshold)
                .toArray();
        ParetoFit fit = ParetoFit.of(exceedances).posteriorMean(exceedances);
        return Calibration.of(scores, new double[0], new ParetoTail(threshold, fit.shape(), fit.scale(), 200, 1), null);
    }

    /** The probability of a score whose p-value is at most the rate, by bisection. */
    private static double share(Calibration calibration, double rate, Scores scores) {
        double low = -20;
        double high = 0;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            boolean flagged = calibration.pValue(scores.quantile(Math.exp(middle))) <= rate;
            low = flagged ? middle : low;
            high = flagged ? high : middle;
        }
        return Math.exp(low);
    }

    @ParameterizedTest
    @EnumSource
    void aPValueNeverGrowsWithTheScoreAndStaysInRange(Scores scores) {
        Calibration calibration =
                Calibrator.of(scores.sample(3_000, new Random(2)), new double[0], null, sentence -> {});

        double before = 1;
        for (double score = -50; score < 50; score += 0.01) {
            double pValue = calibration.pValue(score);
            assertThat(pValue).isBetween(calibration.finest(), before);
            before = pValue;
        }
        assertThat(calibration.pValue(Double.MAX_VALUE)).isEqualTo(calibration.finest());
    }

    @Test
    void aGoodFitIsRarelyRefused() {
        Random random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 40; i++) {
            refused += TailFit.of(Scores.EXPONENTIAL.sample(2_000, random)).tail() == null ? 1 : 0;
        }

        assertThat(refused).isLessThanOrEqualTo(2);
    }

    @Test
    void aTailThatIsNoParetoTailIsRefused() {
        Random random = new Random(4);
        // Two clusters far apart: no threshold leaves one distribution above it.
        double[] scores = random.doubles(4_000)
                .map(uniform -> uniform < 0.985 ? uniform : 1e6 + 1e-3 * random.nextInt(3))
                .toArray();

        TailFit fit = TailFit.of(scores);

        assertThat(fit.tail()).isNull();
        assertThat(fit.refusal()).contains("no generalised Pareto distribution fits");
    }

    @Test
    void constantScoresHaveNoTail() {
        double[] scores = new double[5_000];
        Arrays.fill(scores, 3);

        Calibration calibration = Calibrator.of(scores, new double[0], null, sentence -> {});

        assertThat(calibration.beyond()).isNull();
        assertThat(calibration.pValue(3)).isEqualTo(1);
        assertThat(calibration.pValue(3.1)).isEqualTo(calibration.resolution());
    }

    @Test
    void theDistributionEndsWhereTheShapeIsNegative() {
        assertThat(Math.exp(ParetoTail.logSurvival(-0.5, 1))).isCloseTo(0.25, within(1e-12));
        assertThat(Math.exp(ParetoTail.logSurvival(-0.5, 2))).isZero();
        assertThat(Math.exp(ParetoTail.logSurvival(0, 1))).isCloseTo(Math.exp(-1), within(1e-12));
    }

    @Test
    void theFewerExceedancesTheLongerTheTail() {
        ParetoTail certain = new ParetoTail(10, 0, 2, 1_000_000, 0.5);
        ParetoTail rough = new ParetoTail(10, 0, 2, 100, 0.5);

        assertThat(certain.survival(10, 10)).isCloseTo(1, within(1e-12));
        assertThat(certain.survival(10, 24)).isCloseTo(Math.exp(-7), within(1e-3 * Math.exp(-7)));
        assertThat(certain.survival(14, 24)).isCloseTo(Math.exp(-5), within(1e-3 * Math.exp(-5)));
        assertThat(rough.survival(10, 24)).isGreaterThan(1.5 * Math.exp(-7));
    }
}
