package dev.surprisal.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NovelTest {

    @Test
    void leavesOutRowsWithACopyAmongTheOthers() {
        EncodedRows others = rows(new float[] {1, 2, Float.NaN}, new int[] {1, 1, 2});

        EncodedRows novel = Novel.among(rows(new float[] {1, 1, 3, Float.NaN, 2}, new int[] {1, 2, 1, 2, 1}), others);

        assertThat(novel.numbers()).containsExactly(1, 3);
        assertThat(novel.categories()).containsExactly(2, 1);
    }

    @Test
    void mayLeaveNothing() {
        EncodedRows rows = rows(new float[] {1, 1}, new int[] {1, 1});

        assertThat(Novel.among(rows, rows).size()).isZero();
    }

    private static EncodedRows rows(float[] numbers, int[] categories) {
        return new EncodedRows(numbers.length, 1, 1, numbers, categories);
    }
}
