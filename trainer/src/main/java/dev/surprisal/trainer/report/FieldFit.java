package dev.surprisal.trainer.report;

import dev.surprisal.engine.RowBatch;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.record.Column;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.trainer.calibration.EncodedRowScoring;
import dev.surprisal.trainer.data.EncodedRows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * How well held-out values of a column are told by the model.
 *
 * @param column its name
 * @param kind {@code number}, {@code boolean} or {@code category}
 * @param known the share of records that hold a value
 * @param told of a number: the share of its variance that is explained, 1 - SSE / SST; otherwise the share of values that are the expected one. NaN where that says nothing
 * @param baseline what the mean comes to (0), or the most frequent value
 * @param covered of a number: the share of values in the interval of 95 %; otherwise NaN
 */
public record FieldFit(String column, String kind, double known, double told, double baseline, double covered) {

    private static final int MOST = 10_000;
    private static final double CENTRAL_95 = 1.959964;

    /** Looks at the first 10,000 held-out rows, by the exported graph; number columns first. */
    public static List<FieldFit> of(ScoringModel model, EncodedRows heldOut) {
        EncodedRows rows = heldOut.size() <= MOST
                ? heldOut
                : heldOut.select(LongStream.range(0, MOST).toArray());
        List<Column> numbers = model.card().spec().numberColumns();
        List<Column> categories = model.card().spec().categoryColumns();
        List<Tally> tallies = new ArrayList<>();
        for (int column = 0; column < numbers.size() + categories.size(); column++) {
            tallies.add(new Tally());
        }
        EncodedRowScoring.score(model, rows, (batch, from) -> {
            for (int row = 0; row < batch.size(); row++) {
                for (int column = 0; column < numbers.size(); column++) {
                    boolean bool = numbers.get(column).field().type() == FieldType.BOOLEAN;
                    tallies.get(column).number(batch, row, column, bool);
                }
                for (int column = 0; column < categories.size(); column++) {
                    tallies.get(numbers.size() + column).category(batch, row, column);
                }
            }
        });
        List<FieldFit> fits = new ArrayList<>();
        for (int column = 0; column < tallies.size(); column++) {
            boolean category = column >= numbers.size();
            Column of = category ? categories.get(column - numbers.size()) : numbers.get(column);
            boolean number = of.field().type() == FieldType.NUMBER;
            Tally tally = tallies.get(column);
            fits.add(new FieldFit(
                    of.name(),
                    number ? "number" : category ? "category" : "boolean",
                    (double) tally.known / rows.size(),
                    number ? tally.explained() : tally.hits(),
                    number ? 0 : tally.majority(),
                    number ? tally.coverage() : Double.NaN));
        }
        return fits;
    }

    /** What has been seen of one column. */
    private static final class Tally {
        private final Map<Integer, Integer> values = new HashMap<>();
        private int known;
        private int hits;
        private int inside;
        private double mean;
        private double squares;
        private double errors;

        void number(RowBatch batch, int row, int column, boolean bool) {
            double seen = batch.number(row, column);
            if (Double.isNaN(seen)) {
                return;
            }
            double expected = batch.expectedNumber(row, column);
            if (bool) {
                discrete((int) Math.rint(seen), expected >= 0.5 ? 1 : 0);
                return;
            }
            known++;
            // Welford 1962.
            double difference = seen - mean;
            mean += difference / known;
            squares += difference * (seen - mean);
            errors += (seen - expected) * (seen - expected);
            inside += Math.abs(seen - expected) <= CENTRAL_95 * batch.numberScale(row, column) ? 1 : 0;
        }

        void category(RowBatch batch, int row, int column) {
            int seen = batch.category(row, column);
            if (seen >= 0) {
                discrete(seen, batch.expectedCategory(row, column));
            }
        }

        private void discrete(int seen, int expected) {
            known++;
            hits += seen == expected ? 1 : 0;
            values.merge(seen, 1, Integer::sum);
        }

        double explained() {
            return squares > 0 ? 1 - errors / squares : Double.NaN;
        }

        double coverage() {
            return known == 0 ? Double.NaN : (double) inside / known;
        }

        double hits() {
            return known == 0 ? Double.NaN : (double) hits / known;
        }

        double majority() {
            int most =
                    values.values().stream().mapToInt(Integer::intValue).max().orElse(0);
            return known == 0 ? Double.NaN : (double) most / known;
        }
    }
}
