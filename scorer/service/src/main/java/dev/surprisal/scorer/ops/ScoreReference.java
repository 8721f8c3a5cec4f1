package dev.surprisal.scorer.ops;

import dev.surprisal.engine.AlarmLine;
import dev.surprisal.engine.Screen;
import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.scorer.instance.InstanceSummary;
import dev.surprisal.scorer.model.ServedModel;
import java.util.function.DoubleUnaryOperator;

/**
 * How the scores of normal records are distributed, by the model's calibration, and from which score on a record is flagged.
 *
 * @param bounds upper bounds of bins, nats, ascending; a last bin without bound follows
 * @param shares of normal records in each bin, one more than there are bounds
 * @param alarm the least score that is flagged, nats; NaN where none is
 */
public record ScoreReference(double[] bounds, double[] shares, double alarm) {

    private static final int BINS = 48;
    /** So much of the normal records lies below the first bound at most. */
    private static final double LOWEST = 0.995;
    /** How far beyond the alarm line the last bound lies, as a part of the way to it. */
    private static final double BEYOND = 0.5;

    /**
     * Of what a model gives, at the rule that flags now.
     *
     * @param screened whether first looks are among its scores
     */
    static ScoreReference of(ServedModel model, boolean screened) {
        double level = model.judge().level();
        return screened ? ofScreened(model.card(), level) : of(model.card().calibration(), level);
    }

    /** Whether counts in these bins can be added to those between two bounds. */
    boolean hasBins(InstanceSummary.Distribution told) {
        return told.low() == bounds[0] && told.high() == bounds[BINS - 1] && told.counts().length == shares.length;
    }

    /**
     * Of full scores.
     *
     * @param level the share of normal records that may be flagged, in (0, 1]
     */
    static ScoreReference of(Calibration calibration, double level) {
        return of(calibration, level, AlarmLine.of(calibration, LOWEST), calibration::pValue);
    }

    /** Of scores in full where the first look reaches the screen's threshold, and of first looks where it does not. */
    static ScoreReference ofScreened(ModelCard card, double level) {
        Calibration full = card.calibration();
        Calibration first = card.firstLook().calibration();
        double threshold = Screen.of(card, level).map(Screen::threshold).orElse(Double.NEGATIVE_INFINITY);
        double passed = first.pValue(threshold);
        return of(
                full,
                level,
                AlarmLine.of(first, LOWEST),
                score -> score < threshold ? first.pValue(score) : Math.min(passed, full.pValue(score)));
    }

    /** @param share of normal records with at least a score */
    private static ScoreReference of(Calibration calibration, double level, double low, DoubleUnaryOperator share) {
        double alarm = Math.max(low, AlarmLine.of(calibration, Math.max(level, calibration.finest())));
        double high = alarm + BEYOND * Math.max(alarm - low, 1e-6);
        double[] bounds = new double[BINS];
        double[] shares = new double[BINS + 1];
        double above = 1;
        for (int i = 0; i < BINS; i++) {
            bounds[i] = low + (high - low) * i / (BINS - 1);
            double next = share.applyAsDouble(bounds[i]);
            shares[i] = Math.max(0, above - next);
            above = next;
        }
        shares[BINS] = above;
        return new ScoreReference(bounds, shares, calibration.finest() <= level ? alarm : Double.NaN);
    }
}
