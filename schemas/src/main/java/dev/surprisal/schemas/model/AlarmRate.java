package dev.surprisal.schemas.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.surprisal.schemas.SurprisalException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The share of normal records that may be flagged: the probability of a false alarm per normal record.
 *
 * @param value in (0, 1)
 */
public record AlarmRate(double value) implements AlarmRule {

    private static final Pattern FRACTION = Pattern.compile("([0-9.]+)\\s*/\\s*([0-9.]+)");
    private static final Pattern PERCENT = Pattern.compile("([0-9.]+)\\s*%");

    public AlarmRate {
        if (!(value > 0 && value < 1)) {
            throw new SurprisalException("an alarm rate lies between 0 and 1, such as 1/1000; got " + value);
        }
    }

    /** Reads a rate as people write it: {@code 1/1000}, {@code 0.1%} or {@code 0.001}. */
    @JsonCreator
    public static AlarmRate parse(String text) {
        Matcher fraction = FRACTION.matcher(text.strip());
        if (fraction.matches()) {
            return new AlarmRate(number(fraction.group(1), text) / number(fraction.group(2), text));
        }
        Matcher percent = PERCENT.matcher(text.strip());
        if (percent.matches()) {
            return new AlarmRate(number(percent.group(1), text) / 100);
        }
        return new AlarmRate(number(text.strip(), text));
    }

    /** A number that is a part of a text. */
    static double number(String number, String text) {
        try {
            return Double.parseDouble(number);
        } catch (NumberFormatException e) {
            throw new SurprisalException("'" + text + "' is no alarm rate; write it like 1/1000, 0.1% or 0.001", e);
        }
    }

    @Override
    public boolean looksBack() {
        return false;
    }

    /** As a fraction with numerator 1 where that is exact, otherwise as a decimal. */
    @Override
    @JsonValue
    public String toString() {
        double inverse = 1 / value;
        return Math.abs(inverse - Math.rint(inverse)) < 1e-9 * inverse
                ? String.format(Locale.ROOT, "1/%d", Math.round(inverse))
                : Double.toString(value);
    }
}
