package dev.surprisal.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComplementTest {

    @ParameterizedTest(name = "{0} of 60 left out")
    @ValueSource(ints = {0, 1, 12, 30, 59})
    void hasTheOtherRowsInTheirOrderFromAnyPlaceOn(int leftOut) {
        EncodedRows all = numbered(60);
        for (int seed = 0; seed < 20; seed++) {
            long[] without = RandomSubset.of(60, leftOut, seed);
            float[] expected = toFloats(LongStream.range(0, 60).filter(i -> Arrays.binarySearch(without, i) < 0));

            Complement rest = new Complement(all, without);

            assertThat(rest.count()).isEqualTo(60 - leftOut);
            assertThat(rest.first(100).numbers()).isEqualTo(expected);
            int from = new Random(seed).nextInt(expected.length);
            EncodedRows target = EncodedRows.blank(expected.length, rest);
            rest.copy(from, expected.length - from, target, from);
            assertThat(Arrays.copyOfRange(target.numbers(), from, expected.length))
                    .isEqualTo(Arrays.copyOfRange(expected, from, expected.length));
            assertThat(rest.select(new long[] {from}).numbers()).containsExactly(expected[from]);
        }
    }

    /** Rows of one number each, which is their index. */
    static EncodedRows numbered(int size) {
        return new EncodedRows(size, 1, 0, toFloats(IntStream.range(0, size).asLongStream()), new int[0]);
    }

    private static float[] toFloats(LongStream values) {
        long[] longs = values.toArray();
        float[] floats = new float[longs.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = longs[i];
        }
        return floats;
    }
}
