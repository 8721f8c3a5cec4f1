package dev.surprisal.trainer.calibration;

import dev.surprisal.engine.RowBatch;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.trainer.data.EncodedRows;

/** Runs a model over encoded rows, a full batch at a time. */
public final class EncodedRowScoring {

    private EncodedRowScoring() {}

    /** Looks at a scored batch. */
    @FunctionalInterface
    public interface Sink {

        /**
         * Takes a scored batch.
         *
         * @param from the index of its first row among all
         */
        void accept(RowBatch batch, int from);
    }

    /** Scores all rows in their order. */
    public static void score(ScoringModel model, EncodedRows rows, Sink sink) {
        try (RowBatch batch = model.newBatch()) {
            for (int from = 0; from < rows.size(); from += batch.size()) {
                batch.clear();
                for (int row = from; row < rows.size() && !batch.isFull(); row++) {
                    batch.add(
                            rows.numbers(),
                            row * rows.numberColumns(),
                            rows.categories(),
                            row * rows.categoryColumns());
                }
                batch.score();
                sink.accept(batch, from);
            }
        }
    }
}
