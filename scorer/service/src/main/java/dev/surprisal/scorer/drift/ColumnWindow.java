package dev.surprisal.scorer.drift;

import dev.surprisal.schemas.model.ColumnReference;
import dev.surprisal.schemas.record.CategoryCodes;
import java.util.Arrays;
import org.apache.datasketches.kll.KllFloatsSketch;

/**
 * The values of a column in a window: how many fell into which cell of the reference, and, of numbers, a sketch of their quantiles (KLL: Karnin, Lang and Liberty 2016), which is for people to look
 * at and right within 1.4 % of the records.
 */
final class ColumnWindow {

    private static final int SKETCH = 200;

    private final ColumnReference reference;
    private final long[] counts;
    /** The cell of each code from 0 on; those beyond are in the last one. */
    private final int[] cells;

    private KllFloatsSketch values;

    ColumnWindow(ColumnReference reference) {
        this.reference = reference;
        counts = new long[reference.counts().length];
        cells = reference.isNumber() ? new int[0] : cells(reference.codes(), counts.length - 1);
        clear();
    }

    private static int[] cells(int[] codes, int others) {
        int[] cells = new int[Arrays.stream(codes).max().orElse(0) + 1];
        Arrays.fill(cells, others);
        cells[CategoryCodes.UNSEEN] = ColumnReference.UNSEEN;
        for (int i = 0; i < codes.length; i++) {
            cells[codes[i]] = ColumnReference.FIRST_VALUE + i;
        }
        return cells;
    }

    ColumnReference reference() {
        return reference;
    }

    void add(float value) {
        counts[reference.cell(value)]++;
        if (!Float.isNaN(value)) {
            values.update(value);
        }
    }

    void add(int code) {
        int cell = code == CategoryCodes.MISSING
                ? ColumnReference.MISSING
                : code < cells.length ? cells[code] : counts.length - 1;
        counts[cell]++;
    }

    /** How many fell into each cell. */
    long[] counts() {
        return counts.clone();
    }

    /** A quantile of the numbers; NaN where there are none. */
    double quantile(double rank) {
        return values == null || values.isEmpty() ? Double.NaN : values.getQuantile(rank);
    }

    /** Begins anew. */
    void clear() {
        Arrays.fill(counts, 0);
        if (reference.isNumber()) {
            if (values == null) {
                values = KllFloatsSketch.newHeapInstance(SKETCH);
            } else {
                values.reset();
            }
        }
    }
}
