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
public record EncodedRows(int size, int numberColumns, int categoryColumns, float[] numbers, int[] categories) {

    public EncodedRows {
        if (numbers.length != (long) size * numberColumns || categories.length != (long) size * categoryColumns) {
            throw new IllegalArgumentException("rows x columns and the arrays' lengths differ");
        }
    }

    /** The rows at the given indices, in their order, copied. */
    public EncodedRows select(int[] rows) {
        float[] someNumbers = new float[rows.length * numberColumns];
        int[] someCategories = new int[rows.length * categoryColumns];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(numbers, rows[i] * numberColumns, someNumbers, i * numberColumns, numberColumns);
            System.arraycopy(
                    categories, rows[i] * categoryColumns, someCategories, i * categoryColumns, categoryColumns);
        }
        return new EncodedRows(rows.length, numberColumns, categoryColumns, someNumbers, someCategories);
    }
}
