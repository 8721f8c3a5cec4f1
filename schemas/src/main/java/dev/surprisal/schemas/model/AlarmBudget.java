package dev.surprisal.schemas.model;

import dev.surprisal.schemas.SurprisalException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * So many false alarms in a time, which are a rate once it is known how many records come in that time.
 *
 * @param alarms how many, positive
 * @param period in which
 */
public record AlarmBudget(double alarms, Duration period) implements AlarmRule {

    private static final Pattern TEXT = Pattern.compile(
            "(?:at most )?([0-9.]+)\\s*(?:/|an? |per )\\s*(minute|hour|day|week)", Pattern.CASE_INSENSITIVE);
    private static final Map<String, Duration> PERIODS = Map.of(
            "minute",
            Duration.ofMinutes(1),
            "hour",
            Duration.ofHours(1),
            "day",
            Duration.ofDays(1),
            "week",
            Duration.ofDays(7));

    public AlarmBudget {
        if (!(alarms > 0 && alarms < Double.POSITIVE_INFINITY) || period.isNegative() || period.isZero()) {
            throw new SurprisalException("a number of alarms is positive, such as '20 a day'; got " + alarms);
        }
    }

    /** Null if the text is of another form. */
    static AlarmBudget parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        return new AlarmBudget(
                AlarmRate.number(matcher.group(1), text),
                PERIODS.get(matcher.group(2).toLowerCase(Locale.ROOT)));
    }

    @Override
    public boolean looksBack() {
        return true;
    }

    @Override
    public String toString() {
        String unit = PERIODS.entrySet().stream()
                .filter(entry -> entry.getValue().equals(period))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(period.toString());
        return ScoreThreshold.text(alarms) + (unit.equals("hour") ? " an " : " a ") + unit;
    }
}
