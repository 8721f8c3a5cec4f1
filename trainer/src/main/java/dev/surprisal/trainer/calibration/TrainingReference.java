package dev.surprisal.trainer.calibration;

import dev.surprisal.schemas.model.ColumnReference;
import dev.surprisal.schemas.model.DriftReference;
import dev.surprisal.schemas.record.CategoryCodes;
import dev.surprisal.schemas.record.Column;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.trainer.data.EncodedRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Draws from rows what they are like, column by column: quantiles of numbers, frequencies of categories, shares of missing values. */
public final class TrainingReference {

    /** Into how many equally full cells numbers are divided, at most. */
    private static final int CELLS = 20;
    /** How many values of a number make a cell, at least. */
    private static final int FEWEST_IN_CELL = 50;
    /** How many values of a category have a cell of their own. */
    private static final int VALUES = 30;

    private TrainingReference() {}

    /** What rows are like. */
    public static DriftReference of(EncodedRows rows, RecordSpec spec) {
        List<ColumnReference> columns = new ArrayList<>();
        for (int c = 0; c < spec.numberColumns().size(); c++) {
            columns.add(numbers(spec.numberColumns().get(c).name(), column(rows, c)));
        }
        for (int c = 0; c < spec.categoryColumns().size(); c++) {
            Column column = spec.categoryColumns().get(c);
            if (column.part() == Column.Part.VALUE) {
                columns.add(categories(column.name(), rows, c));
            }
        }
        return new DriftReference(columns);
    }

    private static float[] column(EncodedRows rows, int column) {
        float[] values = new float[rows.size()];
        for (int row = 0; row < values.length; row++) {
            values[row] = rows.numbers()[row * rows.numberColumns() + column];
        }
        return values;
    }

    private static ColumnReference numbers(String name, float[] values) {
        float[] sorted = values.clone();
        Arrays.sort(sorted); // NaN, what is missing, comes last.
        int known = sorted.length;
        while (known > 0 && Float.isNaN(sorted[known - 1])) {
            known--;
        }
        if (known == 0) {
            return ColumnReference.ofNumbers(name, new float[0], values);
        }
        int cells = Math.max(1, Math.min(CELLS, known / FEWEST_IN_CELL));
        float[] edges = new float[cells + 1];
        edges[0] = Math.max(-Float.MAX_VALUE, Math.nextDown(sorted[0]));
        int distinct = 1;
        for (int cell = 1; cell <= cells; cell++) {
            float edge = sorted[(int) ((long) cell * known / cells) - 1];
            if (edge > edges[distinct - 1]) {
                edges[distinct++] = edge;
            }
        }
        return ColumnReference.ofNumbers(name, Arrays.copyOf(edges, distinct), values);
    }

    private static ColumnReference categories(String name, EncodedRows rows, int column) {
        int[] codes = new int[rows.size()];
        for (int row = 0; row < codes.length; row++) {
            codes[row] = rows.categories()[row * rows.categoryColumns() + column];
        }
        int most = Arrays.stream(codes).max().orElse(0);
        long[] byCode = new long[Math.max(0, most) + 1];
        long missing = 0;
        for (int code : codes) {
            if (code == CategoryCodes.MISSING) {
                missing++;
            } else {
                byCode[code]++;
            }
        }
        int[] frequent = IntStream.rangeClosed(1, most)
                .filter(code -> byCode[code] > 0)
                .boxed()
                .sorted(Comparator.comparingLong((Integer code) -> -byCode[code])
                        .thenComparing(code -> code))
                .limit(VALUES)
                .mapToInt(Integer::intValue)
                .toArray();
        long[] counts = new long[frequent.length + ColumnReference.FIRST_VALUE + 1];
        counts[ColumnReference.MISSING] = missing;
        counts[ColumnReference.UNSEEN] = byCode[CategoryCodes.UNSEEN];
        for (int i = 0; i < frequent.length; i++) {
            counts[ColumnReference.FIRST_VALUE + i] = byCode[frequent[i]];
        }
        counts[counts.length - 1] = codes.length - Arrays.stream(counts).sum();
        return new ColumnReference(name, null, frequent, counts);
    }
}
