package dev.surprisal.bench.quality;

import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.trainer.evaluation.Ranking;
import java.util.Arrays;
import java.util.List;

/**
 * Removed values beside what they were filled in with.
 *
 * @param training its columns' medians are what is to be beaten
 * @param truth the rows before values were removed
 * @param gaps the rows after
 */
record FilledIn(RecordSpec spec, LabelledTable training, LabelledTable truth, LabelledTable gaps) {

    private static final double CENTRAL_95 = 1.96;

    /** @param completed the lines of the completed file, with the scales of all number fields after their values */
    ImputationRun.Figures compare(List<String> completed, Ranking complete, Ranking missing) {
        double[][] known = training.toNumbers();
        double[][] exact = truth.toNumbers();
        int columns = exact[0].length;
        double[] error = new double[columns];
        double[] ofMedian = new double[columns];
        double[] median = new double[columns];
        Arrays.setAll(median, column -> median(known, column));
        long removed = 0;
        long within = 0;
        for (int row = 0; row < exact.length; row++) {
            String[] before = gaps.rows().get(row).split(",", -1);
            String[] after = completed.get(row).split(",", -1);
            for (int column = 0, scale = columns; column < columns; column++) {
                if (spec.fields().get(column).type() != FieldType.NUMBER) {
                    continue;
                }
                if (before[column].isEmpty()) {
                    double distance = Math.abs(Double.parseDouble(after[column]) - exact[row][column]);
                    error[column] += distance;
                    ofMedian[column] += Math.abs(median[column] - exact[row][column]);
                    removed++;
                    within += distance <= CENTRAL_95 * Double.parseDouble(after[scale]) ? 1 : 0;
                }
                scale++;
            }
        }
        return figures(error, ofMedian, (double) within / removed, complete, missing);
    }

    private static ImputationRun.Figures figures(
            double[] error, double[] ofMedian, double within, Ranking complete, Ranking missing) {
        int fields = 0;
        int better = 0;
        double logError = 0;
        for (int column = 0; column < error.length; column++) {
            if (ofMedian[column] > 0) {
                fields++;
                better += error[column] < ofMedian[column] ? 1 : 0;
                logError += Math.log(error[column] / ofMedian[column]);
            }
        }
        return new ImputationRun.Figures(fields, better, logError / fields, within, complete, missing);
    }

    private static double median(double[][] rows, int column) {
        double[] values =
                Arrays.stream(rows).mapToDouble(row -> row[column]).sorted().toArray();
        return values[values.length / 2];
    }
}
