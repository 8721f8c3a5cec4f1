package dev.surprisal.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Batches of rows that hold their own index, from one chunk and from many. */
class ShuffledRowsTest {

    private static final int BATCH = 8;
    /** A block of one-number rows has 1,024 of them: a chunk of at least 16 of these. */
    private static final long CHUNK = 16L << 12;

    private static final int MANY = 100_000;

    @Test
    void anEpochThatFitsIntoMemoryHasEveryRowOnceButTheRestOfABatch() throws InterruptedException {
        List<Float> seen = steps(ComplementTest.numbered(103), ShuffledRows.CHUNK_BYTES, 1, 0, 12);

        assertThat(seen)
                .hasSize(96)
                .doesNotHaveDuplicates()
                .isNotEqualTo(seen.stream().sorted().toList());
        assertThat(steps(ComplementTest.numbered(103), ShuffledRows.CHUNK_BYTES, 1, 12, 24))
                .hasSize(96)
                .doesNotHaveDuplicates()
                .isNotEqualTo(seen);
    }

    @Test
    void inMemoryEveryPlaceIsAsLikelyForEveryRow() throws InterruptedException {
        double[] first = new double[10];
        for (int seed = 0; seed < 5_000; seed++) {
            first[steps(ComplementTest.numbered(10), 1_000, seed, 0, 1).get(0).intValue()]++;
        }

        // 500 each, with a deviation of 21.
        for (double times : first) {
            assertThat(times).isCloseTo(500, within(105.0));
        }
    }

    @Test
    void anEpochOfManyChunksHasNoRowTwiceAndNearlyAll() throws InterruptedException {
        int perEpoch = stepsPerEpoch();

        List<Float> first = steps(ComplementTest.numbered(MANY), CHUNK, 1, 0, perEpoch);
        List<Float> second = steps(ComplementTest.numbered(MANY), CHUNK, 1, perEpoch, 2 * perEpoch);

        assertThat(first).doesNotHaveDuplicates().hasSizeGreaterThan(MANY - 1_024 - 7 * BATCH);
        assertThat(second).doesNotHaveDuplicates().isNotEqualTo(first);
        // The rows that an epoch leaves out, less than a block, are others in the next.
        Set<Float> either = new HashSet<>(first);
        either.addAll(second);
        assertThat(either).hasSize(MANY);
    }

    @Test
    void aChunkComesFromAllOver() throws InterruptedException {
        List<Float> seen = steps(ComplementTest.numbered(MANY), CHUNK, 3, 0, 500);

        int[] tenths = new int[10];
        seen.forEach(row -> tenths[(int) (row / (MANY / 10))]++);
        assertThat(IntStream.of(tenths).filter(times -> times > 0).count()).isGreaterThanOrEqualTo(7);
        long neighbours = IntStream.range(1, seen.size())
                .filter(i -> Math.abs(seen.get(i) - seen.get(i - 1)) == 1)
                .count();
        assertThat(neighbours).as("of 4,000 pairs").isLessThan(20);
    }

    @Test
    void anyStepIsTheSameWithoutThoseBeforeIt() throws InterruptedException {
        for (long bytes : new long[] {CHUNK, ShuffledRows.CHUNK_BYTES}) {
            List<Float> all = steps(ComplementTest.numbered(MANY), bytes, 5, 0, 2 * stepsPerEpoch() + 10);
            for (int from : new int[] {1, 2_047, 2_048, stepsPerEpoch() - 1, stepsPerEpoch(), 2 * stepsPerEpoch()}) {
                assertThat(steps(ComplementTest.numbered(MANY), bytes, 5, from, from + 5))
                        .isEqualTo(all.subList(from * BATCH, (from + 5) * BATCH));
            }
        }
    }

    @Test
    void whatFailsInTheBackgroundIsHeardOf() throws InterruptedException {
        Rows broken = new Broken(new DataException("the disk is gone"));
        try (ShuffledRows rows = new ShuffledRows(broken, BATCH, CHUNK, 1)) {
            assertThatThrownBy(() -> rows.at(0))
                    .isInstanceOf(DataException.class)
                    .hasMessage("the disk is gone");
        }
    }

    @Test
    void waitingForRowsCanBeInterruptedAndClosed() {
        try (ShuffledRows rows = new ShuffledRows(new Broken(null), BATCH, CHUNK, 1)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> rows.at(0)).isInstanceOf(InterruptedException.class);
        }
        assertThat(Thread.interrupted()).isFalse();
    }

    private static int stepsPerEpoch() {
        return (MANY / 1_024 * 1_024) / BATCH;
    }

    private static List<Float> steps(Rows rows, long bytes, long seed, int from, int to) throws InterruptedException {
        List<Float> seen = new ArrayList<>();
        try (ShuffledRows shuffled = new ShuffledRows(rows, BATCH, bytes, seed)) {
            for (int step = from; step < to; step++) {
                ShuffledRows.Slice slice = shuffled.at(step);
                for (int i = 0; i < BATCH; i++) {
                    seen.add(slice.rows().numbers()[slice.order()[slice.from() + i]]);
                }
            }
        }
        return seen;
    }

    /** Rows that cannot be read, or, with no reason for it, take forever. */
    private record Broken(RuntimeException reason) implements Rows {
        @Override
        public long count() {
            return MANY;
        }

        @Override
        public int numberColumns() {
            return 1;
        }

        @Override
        public int categoryColumns() {
            return 0;
        }

        @Override
        public void copy(long from, int count, EncodedRows target, int at) {
            if (reason != null) {
                throw reason;
            }
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("reading was interrupted");
            }
        }
    }
}
