package dev.surprisal.scorer.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StabilityIndexTest {

    @Test
    void isTheSumOverCellsOfTheDifferenceTimesTheLogarithmOfTheRatio() {
        // Given shares of 0.6 and 0.4 beside 0.5 and 0.5, each plus a thousandth
        StabilityIndex index = StabilityIndex.of(new long[] {5_000, 5_000}, new long[] {600, 400});

        // Then
        double expected = 0.1 * Math.log(0.601 / 0.501) - 0.1 * Math.log(0.401 / 0.501);
        assertThat(index.value()).isCloseTo(expected, within(1e-12));
        assertThat(index.state(1e-4)).isEqualTo(DriftState.STABLE);
        assertThat(index.mostMoved()).isOne();
    }

    @Test
    void namesTheCellThatMovedMost() {
        StabilityIndex index = StabilityIndex.of(new long[] {0, 500, 500}, new long[] {400, 300, 300});
        assertThat(index.mostMoved()).isZero();
        assertThat(index.state(1e-4)).isEqualTo(DriftState.DRIFTED);
    }

    @Test
    void aColumnWithOneCellOrNoRecordsHasNotMoved() {
        for (long[] window : new long[][] {{0, 0}, {0, 50}}) {
            StabilityIndex index = StabilityIndex.of(new long[] {0, 100}, window);
            assertThat(index.value()).isZero();
            assertThat(index.state(1e-4)).isEqualTo(DriftState.STABLE);
        }
        assertThat(StabilityIndex.of(new long[] {0, 100}, new long[] {100, 0}).state(1e-4))
                .isEqualTo(DriftState.DRIFTED);
    }

    /** How few records there are makes the index large, but not the share of false alarms. */
    @ParameterizedTest
    @CsvSource({"100, 50", "100, 2500", "1000, 50", "1000, 500", "50000, 100", "50000, 2500"})
    void ofTheSameDistributionItIsAsUnlikeAsRarelyAsIsSaid(int n, int m) {
        int trials = 4_000;
        SplittableRandom random = new SplittableRandom(n + m);
        double[] chances = new double[trials];
        for (int trial = 0; trial < trials; trial++) {
            chances[trial] = StabilityIndex.of(draw(n, random), draw(m, random)).chance();
        }
        for (double error : new double[] {0.1, 0.01, 0.001}) {
            long exceeded =
                    Arrays.stream(chances).filter(chance -> chance <= error).count();
            // Four deviations above what is set.
            assertThat((double) exceeded).as("at %s", error).isLessThan(error * trials + 4 * Math.sqrt(error * trials));
        }
    }

    /** Twenty usual values, one in a hundred missing, one in five thousand a value of its own. */
    private static long[] draw(int count, SplittableRandom random) {
        long[] counts = new long[22];
        for (int i = 0; i < count; i++) {
            double u = random.nextDouble();
            counts[u < 2e-4 ? 0 : u < 0.01 ? 1 : 2 + random.nextInt(20)]++;
        }
        return counts;
    }
}
