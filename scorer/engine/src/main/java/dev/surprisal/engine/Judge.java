package dev.surprisal.engine;

import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.ScoreOutput;
import dev.surprisal.schemas.model.ScoreThreshold;
import dev.surprisal.schemas.record.RecordException;
import java.util.List;

/**
 * Turns scores into verdicts: p-value by the model's calibration, flag by the alarm rule, reasons for what is flagged.
 *
 * <p>Where the rule looks back, all are flagged that it may flag; an {@link AlarmMemory} decides which of them it does.
 */
public final class Judge {

    private final ScoreOutput scoreOutput;
    private final Calibration calibration;
    private final AlarmRule rule;
    private final double level;
    private final Reasons reasons;

    public Judge(ModelCard card, AlarmRule rule) {
        this.rule = rule;
        scoreOutput = card.score();
        calibration = card.calibration();
        level = level(rule, calibration);
        reasons = new Reasons(card);
    }

    /**
     * A judge by a rule of the user's.
     *
     * @param rule null = the model's own alarm rate
     */
    public static Judge of(ModelCard card, AlarmRule rule) {
        return new Judge(card, rule == null ? card.alarmRate() : rule);
    }

    private static double level(AlarmRule rule, Calibration calibration) {
        if (rule instanceof AlarmRate rate) {
            return rate.value();
        }
        return rule instanceof ScoreThreshold threshold
                ? calibration.pValue(threshold.nats())
                : AlarmRule.MOST_LOOKING_BACK.value();
    }

    public AlarmRule rule() {
        return rule;
    }

    /** The share of normal records that may be flagged, in (0, 1]; of a rule that looks back, the largest that it may come to. */
    public double level() {
        return level;
    }

    /**
     * Whether any record can be flagged: a calibration on n records tells p-values down to 1 / (n + 1), or, with a fitted tail, some way beyond, so a finer alarm rate never
     * flags.
     */
    public boolean canFlag() {
        return calibration.finest() <= level;
    }

    private boolean flags(double score, double pValue) {
        return rule instanceof ScoreThreshold threshold ? score >= threshold.nats() : pValue <= level;
    }

    /**
     * The verdict on a row of a scored batch, without reasons, which a {@link BatchJudge} finds.
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
        return new Verdict(
                score,
                pValue,
                flags(score, pValue),
                batch.output(ScoreOutput.ELBO, row),
                batch.output(ScoreOutput.LOG_LIKELIHOOD, row),
                batch.output(ScoreOutput.RECONSTRUCTION_LOG_PROBABILITY, row),
                List.of(),
                false);
    }

    Reasons reasons() {
        return reasons;
    }
}
