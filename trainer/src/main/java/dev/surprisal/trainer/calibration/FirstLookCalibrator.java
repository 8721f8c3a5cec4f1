package dev.surprisal.trainer.calibration;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.FirstLook;
import dev.surprisal.schemas.model.FirstLook.Margin;
import dev.surprisal.schemas.model.ScoreOutput;
import dev.surprisal.trainer.data.EncodedRows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds out how far a model's first look may be trusted, on records that it was not fitted to.
 *
 * <p>The margin for an alarm rate is the greatest difference between full score and first look among the held-out records of the greatest full scores: ten times as many as
 * the rate flags, so that the few that are flagged are not all that is known of it. Then each record flagged among them has a first look within the margin of the alarm line, and so does any that
 * differs by no more than they do.
 */
public final class FirstLookCalibrator {

    private static final double[] RATES = {1e-4, 1e-3, 1e-2, 1e-1};
    private static final int TIMES = 10;
    /** A difference that none of this many records exceeds is rare. */
    private static final int FEWEST = 200;

    private FirstLookCalibrator() {}

    /**
     * Looks at held-out rows, and scores them in full.
     *
     * @param output whose negative is the full score
     * @return null where the two differ beyond all bounds
     */
    public static FirstLook calibrate(ScoringModel model, ScoreOutput output, EncodedRows rows) {
        double[] first = new double[rows.size()];
        double[] full = new double[rows.size()];
        EncodedRowScoring.score(model, rows, (batch, from) -> {
            batch.look();
            for (int i = 0; i < batch.size(); i++) {
                first[from + i] = -batch.firstLook(i);
                full[from + i] = -batch.output(output, i);
            }
        });
        int[] descending = IntStream.range(0, rows.size())
                .boxed()
                .sorted(Comparator.comparingDouble(row -> -full[row]))
                .mapToInt(Integer::intValue)
                .toArray();
        List<Margin> margins = new ArrayList<>();
        for (double rate : RATES) {
            long count = Math.max(FEWEST, (long) Math.ceil(TIMES * rate * rows.size()));
            double nats = IntStream.of(descending)
                    .limit(count)
                    .mapToDouble(row -> full[row] - first[row])
                    .max()
                    .orElseThrow();
            if (Double.isFinite(nats)) {
                margins.add(new Margin(rate, nats));
            }
        }
        return margins.isEmpty() ? null : new FirstLook(margins, Calibration.of(first, new double[0]));
    }
}
