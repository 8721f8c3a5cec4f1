package dev.surprisal.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermutationTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 16, 17, 1_000, 65_537})
    void hasEveryNumberOnce(long size) {
        for (int seed = 0; seed < 5; seed++) {
            Permutation permutation = new Permutation(size, seed);
            assertThat(LongStream.range(0, size).map(permutation::at).sorted().toArray())
                    .isEqualTo(LongStream.range(0, size).toArray());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1_000, 3_000_000_000_000L})
    void isAnotherForAnotherSeedAndLeavesNoNeighboursTogether(long size) {
        Permutation one = new Permutation(size, 1);
        Permutation other = new Permutation(size, 2);

        long together = LongStream.range(0, 999)
                .filter(i -> Math.abs(one.at(i) - one.at(i + 1)) == 1)
                .count();
        long alike =
                LongStream.range(0, 1_000).filter(i -> one.at(i) == other.at(i)).count();

        // Two are expected together among a thousand, and one alike.
        assertThat(together).isLessThan(10);
        assertThat(alike).isLessThan(8);
        assertThat(LongStream.range(0, 1_000).map(one::at).average().orElseThrow())
                .isBetween(0.45 * size, 0.55 * size);
    }
}
