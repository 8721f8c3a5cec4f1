package dev.surprisal.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RandomSubsetTest {

    @Test
    void isDistinctAscendingAndAFunctionOfTheSeed() {
        long size = 5_000_000_000L;

        long[] some = RandomSubset.of(size, 1_000, 1);

        assertThat(some).hasSize(1_000).isSorted().doesNotHaveDuplicates();
        assertThat(some[0]).isNotNegative();
        assertThat(some[999]).isLessThan(size).isGreaterThan(size / 2);
        assertThat(RandomSubset.of(size, 1_000, 1)).isEqualTo(some);
        assertThat(RandomSubset.of(size, 1_000, 2)).isNotEqualTo(some);
        assertThat(RandomSubset.of(50, 50, 3)).isEqualTo(LongStream.range(0, 50).toArray());
    }

    @Test
    void everyIndexIsAsLikelyAsAnyOther() {
        double[] drawn = new double[20];
        for (int seed = 0; seed < 20_000; seed++) {
            for (long index : RandomSubset.of(20, 5, Draw.HELD_OUT.seed(seed, 0))) {
                drawn[(int) index]++;
            }
        }

        // Five of twenty: 5,000 each, with a deviation of 61.
        for (double times : drawn) {
            assertThat(times).isCloseTo(5_000, within(300.0));
        }
    }
}
