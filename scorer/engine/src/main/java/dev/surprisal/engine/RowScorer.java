package dev.surprisal.engine;

import dev.surprisal.schemas.model.ModelException;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.RecordException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scores rows with as little work as their verdicts need: a first look at all of them, and in full those that may reach the alarm line. Without a {@link Screen} all are
 * scored in full.
 *
 * <p>Takes any number of rows and is reused: {@link #add}, {@link #score}, read, {@link #clear}. What it says of a row does not depend on the others, not to the last bit. One
 * thread at a time; closed by its owner before the model.
 */
public final class RowScorer implements AutoCloseable {

    private final BatchJudge judge;
    private final Screen screen;
    private final RowBatch looked;
    private final RowBatch full;
    /** Of each row a {@link Verdict}, a {@link RecordException} that says why there is none, or null as long as it waits. */
    private final List<Object> results = new ArrayList<>();
    /** With a screen, the first look at each row, in nats as a score. */
    private double[] looks = new double[0];
    /** The index, among all rows, of each in the full batch. */
    private final int[] indices = new int[RowBatch.CAPACITY];

    /** @param screen null = all are scored in full */
    RowScorer(RowBatch looked, RowBatch full, BatchJudge judge, Screen screen) {
        this.looked = looked;
        this.full = full;
        this.judge = judge;
        this.screen = screen;
    }

    /** How many rows there are. */
    public int size() {
        return results.size();
    }

    /**
     * Appends a row, by copying it.
     *
     * @throws ModelException if rows before had to be scored to make room, and the model failed
     */
    public void add(EncodedRow row) {
        if (screen == null) {
            roomInFull();
            indices[full.size()] = results.size();
            full.add(row);
        } else {
            if (looked.isFull()) {
                look();
            }
            looked.add(row);
        }
        results.add(null);
    }

    /**
     * Scores all rows.
     *
     * @throws ModelException if the model failed, which says nothing of any one row
     */
    public void score() {
        if (screen != null) {
            look();
        }
        scoreInFull();
    }

    /**
     * The verdict on a row.
     *
     * @throws RecordException if the model gave no finite score
     */
    public Verdict verdict(int row) {
        if (results.get(row) instanceof RecordException e) {
            throw e;
        }
        return (Verdict) results.get(row);
    }

    /**
     * The p-value of a row by the kind of score that all rows have: of first looks where there is a screen, otherwise of full scores. Unlike those of verdicts, which come from both, these are all
     * conformal by one calibration.
     *
     * @return in (0, 1]; NaN where there is no finite score
     */
    public double comparablePValue(int row) {
        if (screen != null) {
            return Double.isFinite(looks[row]) ? screen.comparablePValue(looks[row]) : Double.NaN;
        }
        return results.get(row) instanceof Verdict verdict ? verdict.pValue() : Double.NaN;
    }

    /** Removes all rows. */
    public void clear() {
        results.clear();
        full.clear();
        if (screen != null) {
            looked.clear();
        }
    }

    private void look() {
        looked.look();
        int first = results.size() - looked.size();
        if (looks.length < results.size()) {
            looks = Arrays.copyOf(looks, Math.max(results.size(), 2 * looks.length));
        }
        for (int row = 0; row < looked.size(); row++) {
            double score = -looked.firstLook(row);
            looks[first + row] = score;
            if (screen.passes(score)) {
                roomInFull();
                indices[full.size()] = first + row;
                full.add(looked, row);
            } else {
                results.set(first + row, screen.verdict(score));
            }
        }
        looked.clear();
    }

    private void roomInFull() {
        if (full.isFull()) {
            scoreInFull();
        }
    }

    private void scoreInFull() {
        full.score();
        judge.judge(full);
        for (int row = 0; row < full.size(); row++) {
            results.set(indices[row], judge.result(row));
        }
        full.clear();
    }

    @Override
    public void close() {
        judge.close();
        full.close();
        if (screen != null) {
            looked.close();
        }
    }
}
