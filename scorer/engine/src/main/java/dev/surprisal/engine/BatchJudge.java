package dev.surprisal.engine;

import dev.surprisal.schemas.record.RecordException;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges scored batches and, where reasons are wanted, scores what is flagged again, each time without one of its values, for the reasons: as few calls of the model as it takes for all flags of a batch.
 * Where the model has a first look, that tells which values are worth a full score.
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
     * @param from where in the batch without values that begins
     * @param rest the surprise, in nats, of columns that were left out
     */
    private record Waiting(int row, int[] columns, int from, double rest) {}

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
        explain(batch);
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
            explain(batch);
        }
        if (without.looks()) {
            without.add(batch, row);
        }
        remove(batch, row, columns, 0);
    }

    private void remove(RowBatch batch, int row, int[] columns, double rest) {
        waiting.add(new Waiting(row, columns, without.size(), rest));
        for (int column : columns) {
            without.addWithout(batch, row, column);
        }
    }

    private void explain(RowBatch batch) {
        if (without.looks()) {
            keepForemost(batch);
        }
        without.score();
        for (Waiting flag : waiting) {
            Verdict verdict = (Verdict) results.get(flag.row);
            results.set(
                    flag.row, verdict.with(reasons.of(batch, flag.row, flag.columns, without, flag.from, flag.rest)));
        }
        waiting.clear();
        without.clear();
    }

    /** A first look at each row and at what is left of it tells which columns are scored in full. */
    private void keepForemost(RowBatch batch) {
        without.look();
        List<Waiting> looked = List.copyOf(waiting);
        List<Reasons.Foremost> foremost = looked.stream()
                .map(flag -> reasons.foremost(flag.columns, without, flag.from - 1, flag.from))
                .toList();
        waiting.clear();
        without.clear();
        for (int i = 0; i < looked.size(); i++) {
            remove(
                    batch,
                    looked.get(i).row,
                    foremost.get(i).columns(),
                    foremost.get(i).rest());
        }
    }

    @Override
    public void close() {
        if (without != null) {
            without.close();
        }
    }
}
