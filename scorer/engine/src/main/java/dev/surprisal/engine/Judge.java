package dev.surprisal.engine;

import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.ScoreOutput;
import dev.surprisal.schemas.record.RecordException;
import java.util.List;

/** Turns scores into verdicts: p-value by the model's calibration, flag by the alarm rate, reasons for what is flagged. */
public final class Judge {

    private final ScoreOutput scoreOutput;
    private final Calibration calibration;
    private final AlarmRate alarmRate;
    private final Reasons reasons;

    public Judge(ModelCard card, AlarmRate alarmRate) {
        this.alarmRate = alarmRate;
        scoreOutput = card.score();
        calibration = card.calibration();
        reasons = new Reasons(card);
    }

    public AlarmRate alarmRate() {
        return alarmRate;
    }

    /**
     * Whether any record can be flagged: a calibration on n records tells p-values down to 1 / (n + 1), so a finer alarm rate never
     * flags.
     */
    public boolean canFlag() {
        return calibration.resolution() <= alarmRate.value();
    }

    /**
     * The verdict on a row of a scored batch.
     *
     * @throws RecordException if the model gave no finite score
     */
    public Verdict verdict(RowBatch batch, int row) {
        double score = -batch.output(scoreOutput, row);
        if (Double.isNaN(score) || Double.isInfinite(score)) {
            throw new RecordException(
                    RecordException.Step.SCORE,
                    "the model's " + scoreOutput.outputName() + " of the record is " + -score);
        }
        double pValue = calibration.pValue(score);
        boolean anomaly = pValue <= alarmRate.value();
        return new Verdict(
                score,
                pValue,
                anomaly,
                batch.output(ScoreOutput.ELBO, row),
                batch.output(ScoreOutput.LOG_LIKELIHOOD, row),
                batch.output(ScoreOutput.RECONSTRUCTION_LOG_PROBABILITY, row),
                anomaly ? reasons.of(batch, row) : List.of(),
                false);
    }
}
