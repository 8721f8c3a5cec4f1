package dev.surprisal.trainer.imputation;

import dev.surprisal.engine.RowBatch;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.record.CategoryCodes;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.FieldType;
import java.util.ArrayList;
import java.util.List;

/**
 * Fills in missing values with what a model expects there.
 *
 * <p>In rounds: first from the present values alone; then the row, with the expected values in the missing places, is encoded anew, and what is expected of each given all others takes its place (the Markov chain of Rezende
 * et al. 2014, appendix F, with expectations in place of draws, as one value is wanted and no sample). An encoder that is given the columns' means where values are missing places a row nearer to the middle than it belongs; its own
 * expectations correct that. On eight public tables two rounds bring the mean absolute error from 0.68 of that of the columns' medians to 0.66 where 30 % of the values are missing, and from 0.58 to 0.54 where one is;
 * five rounds gain no more.
 *
 * <p>The scale is that of the first round: the later ones take the filled places for known.
 */
public final class Imputer implements AutoCloseable {

    /** Rounds after the first. */
    public static final int ROUNDS = 2;

    private final RowBatch batch;
    private final boolean[] isBoolean;
    private final int rounds;

    /** @param rounds after the first */
    public Imputer(ScoringModel model, int rounds) {
        batch = model.newBatch();
        this.rounds = rounds;
        var columns = model.card().spec().numberColumns();
        isBoolean = new boolean[columns.size()];
        for (int column = 0; column < isBoolean.length; column++) {
            isBoolean[column] = columns.get(column).field().type() == FieldType.BOOLEAN;
        }
    }

    /**
     * Completes rows. What a model expects of a row does not depend on the others.
     *
     * @param rows {@value RowBatch#CAPACITY} at most
     */
    public List<CompletedRow> complete(List<EncodedRow> rows) {
        List<CompletedRow> completed = new ArrayList<>();
        score(rows);
        for (int i = 0; i < rows.size(); i++) {
            completed.add(expected(rows.get(i), i, null));
        }
        for (int round = 0; round < rounds; round++) {
            score(completed.stream().map(this::asInput).toList());
            for (int i = 0; i < rows.size(); i++) {
                completed.set(i, expected(rows.get(i), i, completed.get(i).scale()));
            }
        }
        return completed;
    }

    private void score(List<EncodedRow> rows) {
        batch.clear();
        rows.forEach(batch::add);
        batch.score();
    }

    /** @param scale of the first round; null if this is it */
    private CompletedRow expected(EncodedRow row, int at, float[] scale) {
        float[] numbers = row.numbers().clone();
        float[] ownScale = new float[numbers.length];
        for (int column = 0; column < numbers.length; column++) {
            boolean missing = Float.isNaN(numbers[column]);
            ownScale[column] = missing ? batch.numberScale(at, column) : Float.NaN;
            numbers[column] = missing ? batch.expectedNumber(at, column) : numbers[column];
        }
        int[] categories = row.categories().clone();
        for (int column = 0; column < categories.length; column++) {
            if (categories[column] == CategoryCodes.MISSING) {
                categories[column] = batch.expectedCategory(at, column);
            }
        }
        return new CompletedRow(numbers, scale == null ? ownScale : scale, categories);
    }

    private EncodedRow asInput(CompletedRow row) {
        float[] numbers = row.numbers().clone();
        for (int column = 0; column < numbers.length; column++) {
            if (isBoolean[column] && !Float.isNaN(row.scale()[column])) {
                numbers[column] = numbers[column] >= 0.5f ? 1 : 0;
            }
        }
        return new EncodedRow(numbers, row.categories());
    }

    @Override
    public void close() {
        batch.close();
    }
}
