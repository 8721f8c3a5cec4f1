package dev.surprisal.trainer.data;

import dev.surprisal.trainer.data.ShuffledChunks.Chunk;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The rows of each step of a fit, in shuffled epochs: a function of the seed and the step alone. While the rows of one chunk are fitted, a thread of its own reads the
 * next.
 */
public final class ShuffledRows implements AutoCloseable {

    /** How many bytes of rows a chunk has; there are at most two in memory. */
    public static final long CHUNK_BYTES = 64L << 20;

    private final ShuffledChunks chunks;
    private final int batch;
    private final long stepsPerChunk;
    private final long stepsPerEpoch;
    private final ExecutorService reader;
    private Chunk current;
    private Future<Chunk> next;
    private long nextNumber;

    /**
     * @param batch rows a step; at most as many as there are
     * @param bytes how large a chunk may be, such as {@link #CHUNK_BYTES}
     */
    public ShuffledRows(Rows rows, int batch, long bytes, long seed) {
        if (batch < 1 || batch > rows.count()) {
            throw new IllegalArgumentException(rows.count() + " rows do not make a batch of " + batch);
        }
        this.batch = batch;
        chunks = new ShuffledChunks(rows, batch, bytes, seed);
        long last = chunks.chunksPerEpoch() - 1;
        stepsPerChunk = chunks.size(0) / batch;
        stepsPerEpoch = last * stepsPerChunk + chunks.size(last) / batch;
        reader = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "rows");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * The rows of a step: in a chunk, those that its order names from a place on.
     *
     * @param order indices of rows
     * @param from where in the order
     */
    public record Slice(EncodedRows rows, int[] order, int from) {}

    /**
     * The rows of a step; those of earlier calls are overwritten.
     *
     * @param step from 0
     * @throws DataException if they cannot be read
     */
    public Slice at(long step) throws InterruptedException {
        long epoch = step / stepsPerEpoch;
        long inEpoch = step % stepsPerEpoch;
        long number = epoch * chunks.chunksPerEpoch() + inEpoch / stepsPerChunk;
        if (current == null || current.number() != number) {
            moveTo(number);
        }
        return new Slice(current.rows(), current.order(), (int) (inEpoch % stepsPerChunk) * batch);
    }

    private void moveTo(long number) throws InterruptedException {
        if (next == null || nextNumber != number) {
            readAhead(number, null);
        }
        Chunk spare = current;
        current = await(next);
        if (chunks.isWhole()) {
            // Its rows are not written again, only their order changes.
            spare = current;
        }
        long after = number + 1;
        // The last chunk of an epoch may be too small for a step.
        readAhead(chunks.size(after) < batch ? after + 1 : after, spare);
    }

    private void readAhead(long number, Chunk spare) {
        nextNumber = number;
        next = reader.submit(() -> chunks.chunk(number, spare));
    }

    private static Chunk await(Future<Chunk> chunk) throws InterruptedException {
        try {
            return chunk.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                // Thrown again where it is heard of; its own trace says where it came from.
                throw cause;
            }
            throw new IllegalStateException("reading rows failed", e);
        }
    }

    /** Ends the reading; the rows may be closed afterwards. */
    @Override
    public void close() {
        reader.shutdownNow();
        boolean interrupted = false;
        while (true) {
            try {
                if (reader.awaitTermination(1, TimeUnit.HOURS)) {
                    break;
                }
            } catch (InterruptedException e) {
                // It stops at the next block by itself.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
