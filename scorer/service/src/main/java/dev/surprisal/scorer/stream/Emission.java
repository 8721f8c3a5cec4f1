package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.SurprisalException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which scores a pipeline publishes. Flags and dead letters are published in any case.
 *
 * @param step of every so manieth record of a partition; 1 = of all, 0 = of none
 * @param full whether every record is scored in full, where a first look would do
 */
public record Emission(int step, boolean full) {

    /** Of all records, and in full where it matters. */
    public static final Emission ALL = new Emission(1, false);

    private static final Pattern SAMPLE = Pattern.compile("1\\s*/\\s*([1-9][0-9]{0,8})");

    /**
     * Reads which records have their scores published.
     *
     * @param scores {@code all}, {@code none}, or the share of them, {@code 1/100}
     */
    public static Emission of(String scores, boolean full) {
        Matcher sample = SAMPLE.matcher(scores.strip());
        if (sample.matches()) {
            return new Emission(Integer.parseInt(sample.group(1)), full);
        }
        return new Emission(
                switch (scores.strip()) {
                    case "all" -> 1;
                    case "none" -> 0;
                    default ->
                        throw new SurprisalException("'" + scores
                                + "' does not tell which scores to publish; use all, none or a share such as 1/100");
                },
                full);
    }

    /** Whether the score of a record is published. A record keeps its place, so that a second reading publishes the same ones. */
    boolean publishes(long offset) {
        return step > 0 && offset % step == 0;
    }
}
