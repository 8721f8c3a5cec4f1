package dev.surprisal.schemas.model;

import java.util.Arrays;

/**
 * How often the values of a column fell into which cell in training: what comes later is compared with it.
 *
 * <p>Cell 0 counts missing values. Of a number, k edges e_1 < ... < e_k make k + 1 cells: up to and with e_1, above e_1 up to and with e_2, ..., above e_k. Training had nothing in the first and
 * the last of them: e_1 lies just below its least value, and e_k is its greatest. Of a category, cell 1 counts values that training did not know, then comes one cell for each of the most
 * frequent values, and the last is for all others.
 *
 * @param column its name
 * @param edges [k] ascending, in the field's own unit; null of a category
 * @param codes of the most frequent values, the most frequent first; null of a number
 * @param counts one for each cell
 */
public record ColumnReference(String column, float[] edges, int[] codes, long[] counts) {

    /** The cell of missing values. */
    public static final int MISSING = 0;
    /** The cell of a category's values that training did not know. */
    public static final int UNSEEN = 1;
    /** The cell of a category's most frequent value. */
    public static final int FIRST_VALUE = 2;

    public ColumnReference {
        if (column == null || (edges == null) == (codes == null)) {
            throw new IllegalArgumentException("a column's reference has a name and either edges or codes");
        }
        int cells = edges == null ? codes.length + 3 : edges.length + 2;
        if (counts.length != cells || Arrays.stream(counts).anyMatch(count -> count < 0)) {
            throw new IllegalArgumentException("the reference of column " + column + " has " + counts.length
                    + " counts, none of them negative, for " + cells + " cells");
        }
        for (int i = 1; edges != null && i < edges.length; i++) {
            if (!(edges[i - 1] < edges[i])) {
                throw new IllegalArgumentException("the edges of column " + column + " do not ascend");
            }
        }
    }

    /** Counts the values of a number in its cells; NaN = missing. */
    public static ColumnReference ofNumbers(String column, float[] edges, float[] values) {
        ColumnReference empty = new ColumnReference(column, edges, null, new long[edges.length + 2]);
        for (float value : values) {
            empty.counts[empty.cell(value)]++;
        }
        return empty;
    }

    public boolean isNumber() {
        return edges != null;
    }

    /** The cell of a number; NaN = missing. */
    public int cell(float value) {
        if (Float.isNaN(value)) {
            return MISSING;
        }
        int low = 0;
        int high = edges.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (edges[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return 1 + low;
    }

    /** How many values were looked at, missing ones too. */
    public long records() {
        return Arrays.stream(counts).sum();
    }
}
