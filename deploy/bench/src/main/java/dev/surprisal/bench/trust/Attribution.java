package dev.surprisal.bench.trust;

import dev.surprisal.engine.BatchJudge;
import dev.surprisal.engine.FieldReason;
import dev.surprisal.engine.Judge;
import dev.surprisal.engine.RowBatch;
import dev.surprisal.engine.Verdict;
import dev.surprisal.schemas.record.Column;
import dev.surprisal.schemas.record.EncodedRow;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * How often the field that was corrupted is named, of corrupted rows that are flagged.
 *
 * @param rows that were corrupted, each in one random field: a number gets a value from the 0.1 % at the ends of the training rows' values, a category another one
 * @param flagged of them
 * @param first of those, where the field is named first
 * @param among where it is among the first three
 */
record Attribution(int rows, int flagged, int first, int among) {

    private static final int ROWS = 2_000;
    private static final double TAIL = 0.001;
    private static final int TRIES = 20;

    static Attribution of(TrustRun run, Judge judge, long seed) {
        Random random = new Random(seed);
        List<String> names = Stream.concat(
                        run.model().card().spec().numberColumns().stream(),
                        run.model().card().spec().categoryColumns().stream())
                .map(Column::name)
                .toList();
        int[] corrupted = new int[RowBatch.CAPACITY];
        Attribution sum = new Attribution(0, 0, 0, 0);
        int rows = Math.min(ROWS, run.fresh().size());
        try (RowBatch batch = run.model().newBatch();
                BatchJudge judged = run.model().newJudge(judge)) {
            for (int from = 0; from < rows; from += batch.size()) {
                batch.clear();
                for (int row = from; row < rows && !batch.isFull(); row++) {
                    EncodedRow copy = copy(run.fresh().get(row));
                    corrupted[batch.size()] = corrupt(run, copy, random);
                    batch.add(copy);
                }
                batch.score();
                judged.judge(batch);
                for (int row = 0; row < batch.size(); row++) {
                    sum = sum.and(judged.verdict(row), corrupted[row] < 0 ? null : names.get(corrupted[row]));
                }
            }
        }
        return sum;
    }

    private Attribution and(Verdict verdict, String field) {
        if (field == null) {
            return this;
        }
        List<String> named = verdict.reasons().stream().map(FieldReason::field).toList();
        boolean anomaly = verdict.anomaly();
        return new Attribution(
                rows + 1,
                flagged + (anomaly ? 1 : 0),
                first + (anomaly && named.get(0).equals(field) ? 1 : 0),
                among + (anomaly && named.stream().limit(3).anyMatch(field::equals) ? 1 : 0));
    }

    Attribution and(Attribution other) {
        return new Attribution(rows + other.rows, flagged + other.flagged, first + other.first, among + other.among);
    }

    private static EncodedRow copy(EncodedRow row) {
        return new EncodedRow(row.numbers().clone(), row.categories().clone());
    }

    /** Corrupts a random column, and returns which; -1 where none was found that can be. */
    private static int corrupt(TrustRun run, EncodedRow row, Random random) {
        for (int i = 0; i < TRIES; i++) {
            int column = random.nextInt(run.columns());
            boolean done = column < run.numberColumns()
                    ? corruptNumber(run, row, column, random)
                    : corruptCategory(run, row, column - run.numberColumns(), random);
            if (done) {
                return column;
            }
        }
        return -1;
    }

    private static boolean corruptNumber(TrustRun run, EncodedRow row, int column, Random random) {
        float before = row.numbers()[column];
        float[] sorted = run.sorted(column);
        int tail = Math.max(1, (int) (TAIL / 2 * sorted.length));
        int at = random.nextInt(2 * tail);
        float value = sorted[at < tail ? at : sorted.length - 1 - (at - tail)];
        if (Float.isNaN(before) || value == before || !isRare(sorted, value, at < tail)) {
            return false;
        }
        row.numbers()[column] = value;
        return true;
    }

    /** Whether it lies in the tail: the end of the values of many a column is where most of them are. */
    private static boolean isRare(float[] sorted, float value, boolean low) {
        int most = Math.max(1, (int) (TAIL * sorted.length));
        return sorted.length > most && (low ? sorted[most] > value : sorted[sorted.length - 1 - most] < value);
    }

    private static boolean corruptCategory(TrustRun run, EncodedRow row, int column, Random random) {
        int values = run.model().card().vocabularies().get(column).values().size();
        int before = row.categories()[column];
        int other = 1 + random.nextInt(values);
        if (before <= 0 || other == before) {
            return false;
        }
        row.categories()[column] = other;
        return true;
    }
}
