package dev.surprisal.schemas.event;

import dev.surprisal.schemas.SurprisalException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a record stands in Kafka, by which it is told from all others.
 *
 * @param topic its topic
 * @param partition from 0
 * @param offset from 0
 */
public record RecordCoordinates(String topic, int partition, long offset) {

    /** The key under which a record in a file of records has its coordinates, as {@link #toString} writes them. */
    public static final String FIELD = "surprisal.record";

    private static final Pattern TEXT = Pattern.compile("([A-Za-z0-9._-]{1,249})/(\\d{1,9})/(\\d{1,18})");
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");

    public RecordCoordinates {
        if (topic == null || !TOPIC.matcher(topic).matches()) {
            throw new SurprisalException("a record's topic is a name of letters, digits, dots, dashes and underscores");
        }
        if (partition < 0 || offset < 0) {
            throw new SurprisalException(
                    "a record's partition and offset count from 0; there is no " + partition + "/" + offset);
        }
    }

    /**
     * Reads TOPIC/PARTITION/OFFSET.
     *
     * @throws SurprisalException if it is something else
     */
    public static RecordCoordinates parse(String text) {
        Matcher found = TEXT.matcher(text);
        if (!found.matches()) {
            throw new SurprisalException("the coordinates of a record look like TOPIC/PARTITION/OFFSET");
        }
        return new RecordCoordinates(found.group(1), Integer.parseInt(found.group(2)), Long.parseLong(found.group(3)));
    }

    /** TOPIC/PARTITION/OFFSET. */
    @Override
    public String toString() {
        return topic + "/" + partition + "/" + offset;
    }
}
