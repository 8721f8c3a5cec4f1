package dev.surprisal.trainer.calibration;

import dev.surprisal.engine.RowBatch;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.model.Removal;
import dev.surprisal.trainer.data.EncodedRows;
import java.util.Arrays;

/** Learns what is usual where a column is removed from a normal record, by explaining records without each of their columns, as reasons are found. */
final class RemovalCalibrator {

    private static final int MOST_RECORDS = 1_000;
    /** Records explained for this, with all of their columns; so many take seconds. */
    private static final int MOST_ROWS = 100_000;

    private static final double LOW = 0.025;
    private static final double HIGH = 0.975;

    private final ScoringModel model;
    private final EncodedRows rows;
    private final int records;
    private final int columns;
    private final float[][] surprise;
    private final float[][] residual;

    private RemovalCalibrator(ScoringModel model, EncodedRows rows) {
        this.model = model;
        this.rows = rows;
        columns = rows.numberColumns() + rows.categoryColumns();
        records = Math.min(rows.size(), Math.min(MOST_RECORDS, Math.max(20, MOST_ROWS / columns)));
        surprise = new float[columns][records];
        residual = new float[rows.numberColumns()][records];
    }

    /** @param rows of which evenly spread ones are taken, where there are many */
    static Removal of(ScoringModel model, EncodedRows rows) {
        RemovalCalibrator calibrator = new RemovalCalibrator(model, rows);
        calibrator.score();
        return calibrator.summary();
    }

    private void score() {
        try (RowBatch whole = model.newBatch();
                RowBatch without = model.newBatch()) {
            for (int from = 0; from < records; from += whole.size()) {
                whole.clear();
                for (int record = from; record < records && !whole.isFull(); record++) {
                    int row = (int) ((long) record * rows.size() / records);
                    whole.add(
                            rows.numbers(),
                            row * rows.numberColumns(),
                            rows.categories(),
                            row * rows.categoryColumns());
                }
                whole.explain();
                for (int column = 0; column < columns; column++) {
                    without.clear();
                    for (int row = 0; row < whole.size(); row++) {
                        without.addWithout(whole, row, column);
                    }
                    without.explain();
                    take(whole, without, column, from);
                }
            }
        }
    }

    private void take(RowBatch whole, RowBatch without, int column, int from) {
        for (int row = 0; row < whole.size(); row++) {
            boolean missing = whole.isMissing(row, column);
            surprise[column][from + row] = missing ? Float.NaN : without.firstLook(row) - whole.firstLook(row);
            if (column < rows.numberColumns()) {
                residual[column][from + row] = missing
                        ? Float.NaN
                        : (whole.number(row, column) - without.expectedNumber(row, column))
                                / without.numberScale(row, column);
            }
        }
    }

    private Removal summary() {
        double[] median = new double[columns];
        for (int column = 0; column < columns; column++) {
            median[column] = quantile(surprise[column], 0.5, 0);
        }
        double[] low = new double[residual.length];
        double[] high = new double[residual.length];
        for (int column = 0; column < residual.length; column++) {
            low[column] = Math.min(0, quantile(residual[column], LOW, -2));
            high[column] = Math.max(0, quantile(residual[column], HIGH, 2));
        }
        return new Removal(median, low, high);
    }

    /** A quantile of the finite values. */
    private static double quantile(float[] values, double share, double ifNone) {
        float[] finite = new float[values.length];
        int count = 0;
        for (float value : values) {
            if (Float.isFinite(value)) {
                finite[count++] = value;
            }
        }
        Arrays.sort(finite, 0, count);
        return count == 0 ? ifNone : finite[Math.min(count - 1, (int) (share * count))];
    }
}
