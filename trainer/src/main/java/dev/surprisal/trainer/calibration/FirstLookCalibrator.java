package dev.surprisal.trainer.calibration;

import dev.surprisal.engine.AlarmLine;
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
 * <p>The margin for an alarm rate is the greatest difference between full score and first look among the held-out records of the greatest full scores, where a full score beyond the alarm line counts as one
 * that just reaches it: what an extreme record's first look lacks is of no matter while it is beyond the line itself. It looks at ten times as many records as the rate flags, so that the few that are flagged
 * are not all that is known of it, and so that it serves for all rates up to the next. Then each held-out record that is flagged has a first look within the margin, and so does any that lacks no more than they do.
 */
public final class FirstLookCalibrator {

    /** Each is looked at with the records that the next one flags. */
    private static final double[] RATES = {0, 1e-4, 1e-3, 1e-2, 1e-1, 1};

    /** A difference that none of this many records exceeds is rare. */
    private static final int FEWEST = 200;

    private FirstLookCalibrator() {}

    /**
     * Looks at held-out rows, and scores them in full.
     *
     * @param output whose negative is the full score
     * @param calibration of the full scores
     * @return null where the two differ beyond all bounds
     */
    public static FirstLook calibrate(
            ScoringModel model, ScoreOutput output, Calibration calibration, EncodedRows rows) {
        double[] first = new double[rows.size()];
        double[] full = new double[rows.size()];
        EncodedRowScoring.score(model, rows, (batch, from) -> {
            batch.look();
            for (int i = 0; i < batch.size(); i++) {
                first[from + i] = -batch.firstLook(i);
                full[from + i] = -batch.output(output, i);
            }
        });
        List<Margin> margins = margins(first, full, calibration);
        return margins.isEmpty() ? null : new FirstLook(margins, Calibration.of(first, new double[0]));
    }

    /** The margins, of records' first looks and full scores; none where the two differ beyond all bounds. */
    static List<Margin> margins(double[] first, double[] full, Calibration calibration) {
        int[] descending = IntStream.range(0, full.length)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> -full[row]))
                .mapToInt(Integer::intValue)
                .toArray();
        List<Margin> margins = new ArrayList<>();
        for (int i = 0; i < RATES.length - 1; i++) {
            double line = AlarmLine.of(calibration, RATES[i]);
            double nats = IntStream.of(descending)
                    .limit(Math.max(FEWEST, (long) Math.ceil(RATES[i + 1] * full.length)))
                    .mapToDouble(row -> Math.min(full[row], line) - first[row])
                    .max()
                    .orElseThrow();
            if (Double.isFinite(nats)) {
                margins.add(new Margin(RATES[i], nats));
            }
        }
        return margins;
    }
}
