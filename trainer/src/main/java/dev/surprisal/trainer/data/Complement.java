package dev.surprisal.trainer.data;

/** All rows of others but some, in their order. */
public final class Complement implements Rows {

    private final Rows all;
    private final long[] without;

    /** @param without indices of rows, ascending and distinct */
    public Complement(Rows all, long[] without) {
        this.all = all;
        this.without = without.clone();
    }

    @Override
    public long count() {
        return all.count() - without.length;
    }

    @Override
    public int numberColumns() {
        return all.numberColumns();
    }

    @Override
    public int categoryColumns() {
        return all.categoryColumns();
    }

    @Override
    public void copy(long from, int count, EncodedRows target, int at) {
        int gap = gapsBefore(from);
        long position = from + gap;
        int done = 0;
        while (done < count) {
            int run = count - done;
            if (gap < without.length) {
                run = (int) Math.min(run, without[gap] - position);
            }
            all.copy(position, run, target, at + done);
            done += run;
            position += run + 1L;
            gap++;
        }
    }

    /** How many of the absent rows stand before the remaining row with an index. */
    private int gapsBefore(long index) {
        int low = 0;
        int high = without.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (without[middle] - middle <= index) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
