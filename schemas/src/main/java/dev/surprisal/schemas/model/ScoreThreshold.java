package dev.surprisal.schemas.model;

import dev.surprisal.schemas.SurprisalException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The score from which on records are flagged, whatever share of them that is. What it means changes with every model.
 *
 * @param nats finite
 */
public record ScoreThreshold(double nats) implements AlarmRule {

    private static final Pattern TEXT = Pattern.compile("(-?[0-9.]+)\\s*nats?", Pattern.CASE_INSENSITIVE);

    public ScoreThreshold {
        if (!Double.isFinite(nats)) {
            throw new SurprisalException("a threshold is a finite number of nats, not " + nats);
        }
    }

    /** Null if the text is of another form. */
    static ScoreThreshold parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches() ? new ScoreThreshold(AlarmRate.number(matcher.group(1), text)) : null;
    }

    @Override
    public boolean looksBack() {
        return false;
    }

    @Override
    public String toString() {
        return text(nats) + " nats";
    }

    /** A number without digits that come of its binary fraction. */
    static String text(double value) {
        return new BigDecimal(value)
                .round(new MathContext(12))
                .stripTrailingZeros()
                .toPlainString();
    }
}
