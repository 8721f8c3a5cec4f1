package dev.surprisal.scorer.silence;

import dev.surprisal.schemas.SurprisalException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How often a key that keeps its habit may be called silent.
 *
 * @param period in which it may be once; zero: nobody looks for silent keys
 */
public record SilenceRate(Duration period) {

    private static final Duration SHORTEST = Duration.ofHours(1);
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** Once a year: a thousand keys that keep their habits raise three false alarms a day at most. */
    public static final SilenceRate USUAL = new SilenceRate(Duration.ofDays(365));

    /** Nobody looks for silent keys. */
    public static final SilenceRate OFF = new SilenceRate(Duration.ZERO);

    private static final Pattern TEXT =
            Pattern.compile("([1-9][0-9]{0,2})\\s*(?:/|an? |per )\\s*(hour|day|week|month|year)");
    private static final Map<String, Duration> PERIODS = Map.of(
            "hour",
            Duration.ofHours(1),
            "day",
            Duration.ofDays(1),
            "week",
            Duration.ofDays(7),
            "month",
            Duration.ofDays(30),
            "year",
            Duration.ofDays(365));

    public SilenceRate {
        if (!period.isZero() && (period.compareTo(SHORTEST) < 0 || period.compareTo(LONGEST) > 0)) {
            throw new SurprisalException(
                    "silences: a key may be called silent falsely once an hour at most, not once in " + period);
        }
    }

    /**
     * Reads a rate.
     *
     * @param text such as {@code 1 a year}, {@code 2 a month} or {@code 1 a week}, for each key; or {@code off}
     */
    public static SilenceRate parse(String text) {
        String stripped = text.strip().toLowerCase(Locale.ROOT);
        if (stripped.equals("off")) {
            return OFF;
        }
        Matcher matcher = TEXT.matcher(stripped);
        if (!matcher.matches()) {
            throw new SurprisalException(
                    "'" + text
                            + "' does not tell how often a key may be called silent falsely; use such as 1 a year, 2 a month or 1 a week, or off");
        }
        return new SilenceRate(PERIODS.get(matcher.group(2)).dividedBy(Long.parseLong(matcher.group(1))));
    }

    public boolean isOff() {
        return period.isZero();
    }
}
