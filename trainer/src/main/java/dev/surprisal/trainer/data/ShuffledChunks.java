package dev.surprisal.trainer.data;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

/**
 * Rows in shuffled epochs, as chunks that fit into memory. Any chunk can be had without those before it.
 *
 * <p>Where all rows fit into one chunk, an epoch is that chunk, uniformly shuffled. Otherwise a chunk gathers blocks of neighbouring rows, as many as one read of a disk brings
 * along, from random places all over, and shuffles their rows; an epoch has every block once, counted from a place that differs from epoch to epoch.
 */
final class ShuffledChunks {

    /** What a disk reads at once: smaller blocks would mix better, and cost as much each. */
    private static final int BLOCK_BYTES = 1 << 12;

    private final Rows rows;
    private final long seed;
    private final boolean whole;
    private final int blockRows;
    private final int blocksPerChunk;
    private final long blocks;

    /**
     * @param least how many rows a chunk has at least, if there are so many
     * @param bytes how large a chunk may be
     */
    ShuffledChunks(Rows rows, int least, long bytes, long seed) {
        this.rows = rows;
        this.seed = seed;
        int rowsPerBlock = Math.max(1, BLOCK_BYTES / rows.bytesPerRow());
        long most = Math.max(bytes / rows.bytesPerRow(), least + rowsPerBlock);
        whole = rows.count() <= most;
        blockRows = whole ? (int) rows.count() : rowsPerBlock;
        blocksPerChunk = whole ? 1 : (int) (most / rowsPerBlock);
        blocks = rows.count() / blockRows;
    }

    /** A chunk of rows; the order tells how many of them there are, and how they are shuffled. */
    record Chunk(long number, EncodedRows rows, int[] order) {}

    /** Whether every epoch is one and the same chunk. */
    boolean isWhole() {
        return whole;
    }

    long chunksPerEpoch() {
        return (blocks + blocksPerChunk - 1) / blocksPerChunk;
    }

    /** How many rows a chunk has: as many as the others, or fewer if it is the last of its epoch. */
    int size(long number) {
        long first = number % chunksPerEpoch() * blocksPerChunk;
        return (int) Math.min(blocksPerChunk, blocks - first) * blockRows;
    }

    /**
     * A chunk.
     *
     * @param number counted over all epochs, from 0
     * @param spare one that is no longer needed and may be overwritten, or null
     * @throws CancellationException if the thread is interrupted
     */
    Chunk chunk(long number, Chunk spare) {
        EncodedRows gathered = spare == null ? EncodedRows.blank(blocksPerChunk * blockRows, rows) : spare.rows();
        if (spare == null || !whole) {
            gather(number, gathered);
        }
        return new Chunk(number, gathered, shuffled(size(number), Draw.ROWS.seed(seed, number)));
    }

    private void gather(long number, EncodedRows target) {
        long epoch = number / chunksPerEpoch();
        long first = number % chunksPerEpoch() * blocksPerChunk;
        long epochSeed = Draw.BLOCKS.seed(seed, epoch);
        Permutation order = new Permutation(blocks, epochSeed);
        long[] chosen = new long[size(number) / blockRows];
        Arrays.setAll(chosen, i -> order.at(first + i));
        // A disk likes them in its own order.
        Arrays.sort(chosen);
        long start = whole ? 0 : new SplittableRandom(epochSeed).nextLong(rows.count());
        for (int i = 0; i < chosen.length; i++) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("reading the rows was interrupted");
            }
            long from = (start + chosen[i] * blockRows) % rows.count();
            int beforeEnd = (int) Math.min(blockRows, rows.count() - from);
            rows.copy(from, beforeEnd, target, i * blockRows);
            rows.copy(0, blockRows - beforeEnd, target, i * blockRows + beforeEnd);
        }
    }

    /** The numbers from 0 on, every order equally likely (Durstenfeld 1964). */
    private static int[] shuffled(int size, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }
}
