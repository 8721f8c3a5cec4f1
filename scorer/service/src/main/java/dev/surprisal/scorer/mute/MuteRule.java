package dev.surprisal.scorer.mute;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.incident.Cause;
import dev.surprisal.scorer.incident.FlaggedRecord;
import java.time.Duration;

/**
 * Which flags are muted: those that match all that is set. A muted flag stays a flag; it opens no incident. Times are milliseconds since 1970-01-01T00:00Z.
 *
 * @param id of the rule
 * @param field that is first among the reasons; null for any. Another reason further down does not count, so that a rule hides nothing but what it names
 * @param direction {@code above} or {@code below} what is expected; null for any
 * @param key of the record, as incidents show it; null for any
 * @param minSurprise flags with at least this surprise, bits, are not muted; null for none
 * @param from records from this timestamp on; null for all
 * @param until records before this timestamp; null for all
 * @param everything confirms a rule without field, direction, key and minimum surprise
 * @param created when
 * @param expires when it ends, by the clock
 * @param note why it is there; may be null
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MuteRule(
        String id,
        String field,
        String direction,
        String key,
        @JsonProperty("min_surprise") Double minSurprise,
        Long from,
        Long until,
        boolean everything,
        long created,
        long expires,
        String note) {

    /** How long a rule holds that does not say: what is muted and forgotten is found again the next day. */
    public static final Duration USUAL = Duration.ofDays(1);

    /** No rule holds longer; what is to be muted for good belongs into the model. */
    public static final Duration LONGEST = Duration.ofDays(90);

    private static final int MOST_TEXT = 400;

    /** @throws SurprisalException saying what is wrong with the rule */
    public MuteRule {
        if (id == null || !id.matches("[A-Za-z0-9-]{1,64}")) {
            throw new SurprisalException("a rule's id is made of letters, digits and dashes");
        }
        check("field", field);
        check("key", key);
        check("note", note);
        if (direction != null && !direction.equals("above") && !direction.equals("below")) {
            throw new SurprisalException("direction is above or below, not '" + direction + "'");
        }
        if (minSurprise != null && !(minSurprise >= 0 && minSurprise <= 1_000)) {
            throw new SurprisalException("min_surprise lies between 0 and 1000 bits, not at " + minSurprise);
        }
        if (from != null && until != null && from >= until) {
            throw new SurprisalException("the rule begins at " + from + ", and that is not before its end at " + until);
        }
        if (expires <= created || expires - created > LONGEST.toMillis()) {
            throw new SurprisalException("a rule expires between now and " + LONGEST.toDays() + " days from now");
        }
        if (field == null && direction == null && key == null && minSurprise == null && !everything) {
            throw new SurprisalException(
                    "the rule would mute every flag: name a field, a direction, a key or a min_surprise, or confirm with \"everything\": true");
        }
    }

    private static void check(String name, String text) {
        if (text != null && (text.isBlank() || text.length() > MOST_TEXT)) {
            throw new SurprisalException(name + " has 1 to " + MOST_TEXT + " characters, or is left out");
        }
    }

    /**
     * Whether it mutes a flag.
     *
     * @param now by the clock
     */
    boolean mutes(FlaggedRecord flag, long now) {
        Cause cause = flag.cause();
        return now < expires
                && (field == null || field.equals(cause.field()))
                && (direction == null || direction.equals(cause.direction()))
                && (key == null || key.equals(flag.key()))
                && (minSurprise == null || flag.surprise() < minSurprise)
                && (from == null || flag.timestamp() >= from)
                && (until == null || flag.timestamp() < until);
    }
}
