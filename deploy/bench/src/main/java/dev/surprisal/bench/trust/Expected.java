package dev.surprisal.bench.trust;

import dev.surprisal.engine.RowBatch;
import dev.surprisal.schemas.model.Removal;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.FieldType;
import java.util.List;

/**
 * How close the expected values of removed numbers come; booleans have likely values instead.
 *
 * @param fields number fields that the median does not predict without error
 * @param better of them, where the mean absolute error of the expected values is lower than that of the median
 * @param logError the sum over them of the logarithm of the ratio of the errors
 * @param within the share of the values in the 95 % interval, summed over the fields
 */
record Expected(int fields, int better, double logError, double within) {

    private static final int ROWS = 2_000;

    static Expected of(TrustRun run) {
        List<EncodedRow> rows =
                run.fresh().subList(0, Math.min(ROWS, run.fresh().size()));
        Expected sum = new Expected(0, 0, 0, 0);
        try (RowBatch whole = run.model().newBatch();
                RowBatch without = run.model().newBatch()) {
            for (int column = 0; column < run.numberColumns(); column++) {
                if (run.model()
                                .card()
                                .spec()
                                .numberColumns()
                                .get(column)
                                .field()
                                .type()
                        == FieldType.NUMBER) {
                    sum = sum.and(of(run, rows, column, whole, without));
                }
            }
        }
        return sum;
    }

    private static Expected of(TrustRun run, List<EncodedRow> rows, int column, RowBatch whole, RowBatch without) {
        Removal usual = run.model().card().calibration().removal();
        float[] sorted = run.sorted(column);
        float median = sorted[sorted.length / 2];
        double error = 0;
        double ofMedian = 0;
        int known = 0;
        int within = 0;
        for (int from = 0; from < rows.size(); from += whole.size()) {
            whole.clear();
            without.clear();
            for (int row = from; row < rows.size() && !whole.isFull(); row++) {
                whole.add(rows.get(row));
                without.addWithout(whole, row - from, column);
            }
            without.explain();
            for (int row = 0; row < whole.size(); row++) {
                float truth = whole.number(row, column);
                if (!Float.isNaN(truth)) {
                    double expected = without.expectedNumber(row, column);
                    double scale = without.numberScale(row, column);
                    error += Math.abs(truth - expected);
                    ofMedian += Math.abs(truth - median);
                    known++;
                    within += truth >= expected + usual.low()[column] * scale
                                    && truth <= expected + usual.high()[column] * scale
                            ? 1
                            : 0;
                }
            }
        }
        return ofMedian == 0
                ? new Expected(0, 0, 0, 0)
                : new Expected(1, error < ofMedian ? 1 : 0, Math.log(error / ofMedian), within / (double) known);
    }

    Expected and(Expected other) {
        return new Expected(
                fields + other.fields, better + other.better, logError + other.logError, within + other.within);
    }
}
