package dev.surprisal.schemas.model;

import dev.surprisal.schemas.SurprisalException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The share of the flags that may be false alarms, in the long run of a stream.
 *
 * @param target in (0, 1)
 */
public record FalseDiscoveryRate(double target) implements AlarmRule {

    private static final Pattern TEXT = Pattern.compile("fdr\\s*(.+)", Pattern.CASE_INSENSITIVE);

    public FalseDiscoveryRate {
        if (!(target > 0 && target < 1)) {
            throw new SurprisalException(
                    "a false discovery rate lies between 0 and 1, such as 'fdr 10%'; got " + target);
        }
    }

    /** Null if the text is of another form. */
    static FalseDiscoveryRate parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches()
                ? new FalseDiscoveryRate(AlarmRate.parse(matcher.group(1)).value())
                : null;
    }

    @Override
    public boolean looksBack() {
        return true;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "fdr %s%%", ScoreThreshold.text(100 * target));
    }
}
