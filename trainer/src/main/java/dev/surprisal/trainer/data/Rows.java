package dev.surprisal.trainer.data;

import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/** Records encoded as model input rows, readable from any place on; there may be more of them than memory holds. */
public interface Rows {

    /** How many rows, N. */
    long count();

    /** D. */
    int numberColumns();

    /** C. */
    int categoryColumns();

    /**
     * Copies rows that stand one after the other. Safe for concurrent use.
     *
     * @param from index of the first
     * @param at the row of the target that the first goes to
     */
    void copy(long from, int count, EncodedRows target, int at);

    /** How many bytes a row takes. */
    default int bytesPerRow() {
        return Float.BYTES * numberColumns() + Integer.BYTES * categoryColumns();
    }

    /** The rows at the given indices, in their order, copied; fastest where the indices ascend. */
    default EncodedRows select(long[] indices) {
        EncodedRows selected = EncodedRows.blank(indices.length, this);
        for (int i = 0; i < indices.length; i++) {
            copy(indices[i], 1, selected, i);
        }
        return selected;
    }

    /** The first rows, copied. */
    default EncodedRows first(int most) {
        EncodedRows first = EncodedRows.blank((int) Math.min(most, count()), this);
        copy(0, first.size(), first, 0);
        return first;
    }

    /**
     * Shows all rows in their order, some at a time; what is shown is overwritten afterwards.
     *
     * @throws CancellationException if the thread is interrupted
     */
    default void forEachBlock(Consumer<EncodedRows> visitor) {
        int most = Math.max(1, (1 << 18) / bytesPerRow());
        EncodedRows block = EncodedRows.blank((int) Math.min(most, count()), this);
        for (long from = 0; from < count(); from += block.size()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("reading the rows was interrupted");
            }
            if (count() - from < block.size()) {
                block = EncodedRows.blank((int) (count() - from), this);
            }
            copy(from, block.size(), block, 0);
            visitor.accept(block);
        }
    }
}
