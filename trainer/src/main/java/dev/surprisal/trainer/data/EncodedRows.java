package dev.surprisal.trainer.data;

/**
 * Records encoded as model input rows, row-major and in memory.
 *
 * @param size how many rows, N
 * @param numberColumns D
 * @param categoryColumns C
 * @param numbers N x D values in the fields' own units; NaN = missing
 * @param categories N x C codes; -1 = missing, 0 = not a known value, 1..V the known values
 */
public record EncodedRows(int size, int numberColumns, int categoryColumns, float[] numbers, int[] categories)
        implements Rows {

    public EncodedRows {
        if (numbers.length != (long) size * numberColumns || categories.length != (long) size * categoryColumns) {
            throw new IllegalArgumentException("rows x columns and the arrays' lengths differ");
        }
    }

    /** Rows to be written over, with the columns of others. */
    static EncodedRows blank(int size, Rows like) {
        return new EncodedRows(
                size,
                like.numberColumns(),
                like.categoryColumns(),
                new float[Math.multiplyExact(size, like.numberColumns())],
                new int[Math.multiplyExact(size, like.categoryColumns())]);
    }

    @Override
    public long count() {
        return size;
    }

    @Override
    public void copy(long from, int count, EncodedRows target, int at) {
        int first = Math.toIntExact(from);
        System.arraycopy(numbers, first * numberColumns, target.numbers, at * numberColumns, count * numberColumns);
        System.arraycopy(
                categories, first * categoryColumns, target.categories, at * categoryColumns, count * categoryColumns);
    }
}
