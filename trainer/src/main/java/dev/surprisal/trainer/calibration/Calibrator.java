package dev.surprisal.trainer.calibration;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.Removal;
import dev.surprisal.schemas.model.ScoreOutput;
import dev.surprisal.trainer.data.DataException;
import dev.surprisal.trainer.data.EncodedRows;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Calibrates a model on records that it was not fitted to, by running the very graph that will serve. */
public final class Calibrator {

    /** Rates that people set, the finest first. */
    private static final double[] USUAL_RATES = {1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 1e-1};

    private Calibrator() {}

    /**
     * Scores held-out rows.
     *
     * @param output whose negative is the score
     * @param done hears how many rows have been scored
     * @param says hears what the user should know
     * @throws DataException if there are no rows, or one of them has no finite score
     */
    public static Calibration calibrate(
            ScoringModel model, ScoreOutput output, EncodedRows rows, IntConsumer done, Consumer<String> says) {
        if (rows.size() == 0) {
            throw new DataException("no record was held out, so there is nothing to calibrate the model on");
        }
        int columns = rows.numberColumns() + rows.categoryColumns();
        double[] scores = new double[rows.size()];
        float[][] fields = new float[columns][rows.size()];
        EncodedRowScoring.score(model, rows, (batch, from) -> {
            for (int i = 0; i < batch.size(); i++) {
                scores[from + i] = -batch.output(output, i);
                for (int column = 0; column < columns; column++) {
                    fields[column][from + i] = batch.fieldLogProbability(i, column);
                }
            }
            done.accept(from + batch.size());
        });
        double[] typical = new double[columns];
        for (int column = 0; column < columns; column++) {
            Arrays.sort(fields[column]);
            typical[column] = fields[column][rows.size() / 2];
        }
        return of(scores, typical, RemovalCalibrator.of(model, rows), says);
    }

    /** The calibration by scores, with their tail where one fits. */
    static Calibration of(double[] scores, double[] typical, Removal removal, Consumer<String> says) {
        if (Arrays.stream(scores).anyMatch(score -> !Double.isFinite(score))) {
            throw new DataException("the model has no finite score of some held-out records, so it cannot be used");
        }
        TailFit tail = TailFit.of(scores);
        if (tail.refusal() != null) {
            says.accept(
                    "p-values end at 1/" + (scores.length + 1) + ", and so do alarm rates: " + tail.refusal() + ".");
        }
        return Calibration.of(scores, typical, tail.tail(), removal);
    }

    /** The alarm rate for a model whose user sets none: 1/1000, or the finest usual one that its calibration can tell without a fitted tail. */
    public static AlarmRate usualAlarmRate(Calibration calibration) {
        return new AlarmRate(Arrays.stream(USUAL_RATES)
                .filter(rate -> rate >= calibration.resolution())
                .findFirst()
                .orElse(USUAL_RATES[USUAL_RATES.length - 1]));
    }
}
