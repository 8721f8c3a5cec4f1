package dev.surprisal.scorer.replay;

import dev.surprisal.schemas.SurprisalException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which records are sent again, and where to.
 *
 * @param from their topic
 * @param to the topic that they are sent to; null for the one that each dead letter came from
 * @param since the earliest timestamp; null for any
 * @param until records from the first one of this timestamp on are left out; null for none
 * @param offsets by partition, those partitions alone; empty for all
 * @param step only dead letters of this step; null for all
 * @param reason only dead letters with this reason; null for all
 * @param most how many at most
 */
public record ReplayRequest(
        String from,
        String to,
        Instant since,
        Instant until,
        Map<Integer, Offsets> offsets,
        String step,
        String reason,
        long most) {

    private static final Pattern RANGE = Pattern.compile("(\\d{1,9}):(\\d{1,18})-(\\d{1,18})?");

    public ReplayRequest {
        offsets = Map.copyOf(offsets);
    }

    /** A range of offsets, both ends included. */
    public record Offsets(long first, long last) {}

    /**
     * Reads ranges such as {@code 0:100-199,1:50-}, in which a partition stands before the colon.
     *
     * @throws SurprisalException if there are none
     */
    public static Map<Integer, Offsets> parseOffsets(String text) {
        Map<Integer, Offsets> ranges = new TreeMap<>();
        for (String part : text.split(",", -1)) {
            Matcher range = RANGE.matcher(part.strip());
            if (!range.matches()) {
                throw new SurprisalException("'" + part
                        + "' is no range of offsets; use PARTITION:FIRST-LAST or PARTITION:FIRST-, such as 0:100-199");
            }
            long last = range.group(3) == null ? Long.MAX_VALUE : Long.parseLong(range.group(3));
            ranges.put(Integer.parseInt(range.group(1)), new Offsets(Long.parseLong(range.group(2)), last));
        }
        return ranges;
    }
}
