package dev.surprisal.scorer.incident;

import dev.surprisal.schemas.SurprisalException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * After how long without a flag an incident is over.
 *
 * @param duration zero: there are no incidents
 */
public record IncidentGap(Duration duration) {

    private static final Duration LONGEST = Duration.ofDays(7);

    /** Ten minutes: long enough for what comes every minute, short enough that the next trouble is told anew. */
    public static final IncidentGap USUAL = new IncidentGap(Duration.ofMinutes(10));

    /** There are no incidents. */
    public static final IncidentGap OFF = new IncidentGap(Duration.ZERO);

    private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,6})\\s*([smhd])");
    private static final Map<String, Duration> UNITS = Map.of(
            "s", Duration.ofSeconds(1), "m", Duration.ofMinutes(1), "h", Duration.ofHours(1), "d", Duration.ofDays(1));

    public IncidentGap {
        if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
            throw new SurprisalException("incidents: a gap lies between 1s and 7d, not at " + duration);
        }
    }

    /**
     * Reads a gap.
     *
     * @param text such as {@code 30s}, {@code 10m}, {@code 2h} or {@code 1d}; or {@code off}
     */
    public static IncidentGap parse(String text) {
        String stripped = text.strip();
        if (stripped.equals("off")) {
            return OFF;
        }
        Matcher matcher = TEXT.matcher(stripped);
        if (!matcher.matches()) {
            throw new SurprisalException("'" + text
                    + "' does not tell after how long an incident is over; use such as 30s, 10m or 2h, or off");
        }
        return new IncidentGap(UNITS.get(matcher.group(2)).multipliedBy(Long.parseLong(matcher.group(1))));
    }

    public boolean isOff() {
        return duration.isZero();
    }

    long millis() {
        return duration.toMillis();
    }
}
