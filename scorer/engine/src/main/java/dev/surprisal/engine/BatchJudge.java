package dev.surprisal.engine;

import dev.surprisal.schemas.record.RecordException;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges scored batches and, where reasons are wanted, scores what is flagged again, each time without one of its values, for the reasons: as few calls of the model as it takes for all flags of a batch.
 * Where the model can explain at a fraction of the cost of a full score, it does that.
 *
 * <p>Of one thread; closed by its owner before the model.
 */
public final class BatchJudge implements AutoCloseable {

    private final Judge judge;
    private final Reasons reasons;
    private final RowBatch without;
    /** Of each row a {@link Verdict}, or a {@link RecordException} that says why there is none. */
    private final List<Object> results = new ArrayList<>();
    /** Rows of the judged batch whose reasons wait for the batch without values. */
    private final List<Waiting> waiting = new ArrayList<>();

    /**
     * @param columns of which each is removed in turn
     * @param at where in the batch without values the whole row is; those without the columns follow
     */
    private record Waiting(int row, int[] columns, int at) {}

    /** @param without an empty batch of the model; null where no reasons are wanted */
    BatchJudge(Judge judge, RowBatch without) {
        this.judge = judge;
        this.without = without;
        reasons = judge.reasons();
    }

    /** Judges all rows of a scored batch. */
    public void judge(RowBatch batch) {
        results.clear();
        for (int row = 0; row < batch.size(); row++) {
            results.add(judged(batch, row));
        }
        if (without != null) {
            explainFlags(batch);
        }
    }

    private void explainFlags(RowBatch batch) {
        waiting.clear();
        without.clear();
        for (int row = 0; row < batch.size(); row++) {
            if (results.get(row) instanceof Verdict verdict && verdict.anomaly()) {
                ask(batch, row);
            }
        }
        explain();
    }

    /**
     * The verdict on a row of the batch that was judged last.
     *
     * @throws RecordException if the model gave no finite score
     */
    public Verdict verdict(int row) {
        if (results.get(row) instanceof RecordException e) {
            throw e;
        }
        return (Verdict) results.get(row);
    }

    /** The verdict on a row of the batch that was judged last, or the {@link RecordException} that says why there is none. */
    Object result(int row) {
        return results.get(row);
    }

    private Object judged(RowBatch batch, int row) {
        try {
            return judge.verdict(batch, row);
        } catch (RecordException e) {
            return e;
        }
    }

    private void ask(RowBatch batch, int row) {
        int[] columns = reasons.candidates(batch, row);
        if (without.size() + 1 + columns.length > RowBatch.CAPACITY) {
            explain();
        }
        waiting.add(new Waiting(row, columns, without.size()));
        without.add(batch, row);
        for (int column : columns) {
            without.addWithout(batch, row, column);
        }
    }

    private void explain() {
        if (without.explains()) {
            without.explain();
        } else {
            without.score();
        }
        for (Waiting flag : waiting) {
            Verdict verdict = (Verdict) results.get(flag.row);
            results.set(flag.row, verdict.with(reasons.of(without, flag.at, flag.columns)));
        }
        waiting.clear();
        without.clear();
    }

    @Override
    public void close() {
        if (without != null) {
            without.close();
        }
    }
}
