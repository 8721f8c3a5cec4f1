package dev.surprisal.engine;

import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.FirstLook;
import dev.surprisal.schemas.model.ModelCard;
import java.util.Optional;

/** Tells from the first look at a record whether its full score may reach the alarm line. */
public final class Screen {

    /** Where more of the normal records than this go on to the full score, a first look at all of them hardly pays. */
    private static final double MOST_SHARE = 0.5;
    /**
     * At least so many times the records that may be flagged go on, up to so large a share of all: what differs more than held-out records did, as anomalies may, then still reaches the
     * full score, and costs little beside the first looks.
     */
    private static final double ROOM = 10;

    private static final double MOST_ROOM = 0.02;

    private final Calibration calibration;
    private final double leastPValue;
    private final double threshold;

    private Screen(Calibration calibration, double level, double threshold) {
        this.calibration = calibration;
        // What is not flagged has no p-value that would be.
        leastPValue = Math.nextUp(level);
        this.threshold = threshold;
    }

    /**
     * The screen of a model; empty where the model has no first look, or one that would send most records on.
     *
     * @param level the share of normal records that may be flagged: a record is, at most, whose p-value is no larger
     */
    public static Optional<Screen> of(ModelCard card, double level) {
        FirstLook firstLook = card.firstLook();
        if (firstLook == null) {
            return Optional.empty();
        }
        Screen screen = new Screen(firstLook.calibration(), level, threshold(card, level));
        return screen.share() > MOST_SHARE ? Optional.empty() : Optional.of(screen);
    }

    private static double threshold(ModelCard card, double level) {
        double line = AlarmLine.of(card.calibration(), level);
        if (line == Double.POSITIVE_INFINITY) {
            return line;
        }
        double room = AlarmLine.of(card.firstLook().calibration(), Math.min(ROOM * level, MOST_ROOM));
        return Math.min(line - card.firstLook().margin(level), room);
    }

    /** The share of normal records that are scored in full. */
    public double share() {
        if (threshold == Double.POSITIVE_INFINITY) {
            return 0;
        }
        return Double.isNaN(threshold) ? 1 : calibration.pValue(threshold);
    }

    /** The least first look that goes on to the full score, nats. */
    public double threshold() {
        return threshold;
    }

    /** Whether a record is to be scored in full: its first look reaches the margin, or is no finite number. */
    boolean passes(double score) {
        return !(score < threshold) || score == Double.NEGATIVE_INFINITY;
    }

    /** The verdict on a record that does not pass. */
    Verdict verdict(double score) {
        return Verdict.ofFirstLook(score, Math.max(leastPValue, calibration.pValue(score)));
    }
}
