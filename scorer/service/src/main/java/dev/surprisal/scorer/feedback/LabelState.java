package dev.surprisal.scorer.feedback;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Label;
import dev.surprisal.schemas.event.Label.Verdict;
import dev.surprisal.schemas.event.RecordCoordinates;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last label of each record, of as many records as there is room for: of more, those are forgotten whose last label is the oldest.
 *
 * <p>Takes whatever stands on a topic of labels. What is no sound label is counted, and told to the log at the 1st, 2nd, 4th, 8th ... time. Safe for several threads.
 */
public final class LabelState {

    private static final Logger LOG = LoggerFactory.getLogger(LabelState.class);

    private final String topic;
    private final Predicate<String> isRead;
    private final int most;
    /** The latest last. */
    private final Map<RecordCoordinates, Label> labels = new LinkedHashMap<>();

    private long refused;
    private long forgotten;
    private String lastRefusal;

    /**
     * An empty state.
     *
     * @param topic of the labels, for the log
     * @param isRead whether records of a topic can have labels here
     * @param most how many records' labels there is room for
     */
    public LabelState(String topic, Predicate<String> isRead, int most) {
        this.topic = topic;
        this.isRead = isRead;
        this.most = most;
    }

    /**
     * Takes one event.
     *
     * @param key in UTF-8: the coordinates of the record
     * @param value the label in JSON; null to take it back
     */
    public synchronized void take(byte[] key, byte[] value) {
        try {
            RecordCoordinates record = coordinates(key);
            if (value == null) {
                labels.remove(record);
                return;
            }
            if (value.length > Label.MOST_BYTES) {
                throw new SurprisalException("it has " + value.length + " bytes, more than any label has");
            }
            Label label = Label.read(value);
            if (!label.record().equals(record)) {
                throw new SurprisalException("its key is not that of its record, TOPIC/PARTITION/OFFSET");
            }
            put(label);
        } catch (SurprisalException e) {
            refuse(e.getMessage());
        }
    }

    private static RecordCoordinates coordinates(byte[] key) {
        if (key == null || key.length > 300) {
            throw new SurprisalException("its key is not that of a record, TOPIC/PARTITION/OFFSET");
        }
        return RecordCoordinates.parse(new String(key, StandardCharsets.UTF_8));
    }

    /**
     * Puts a label in the place of the one before.
     *
     * @throws SurprisalException if it is of a topic whose records are not scored here
     */
    synchronized void put(Label label) {
        if (!isRead.test(label.record().topic())) {
            throw new SurprisalException(
                    "records of the topic '" + label.record().topic() + "' are not scored here");
        }
        // Taken out first, so that it becomes the latest.
        labels.remove(label.record());
        labels.put(label.record(), label);
        if (labels.size() > most) {
            labels.remove(labels.keySet().iterator().next());
            forgotten++;
        }
    }

    private void refuse(String why) {
        refused++;
        lastRefusal = why;
        if (Long.bitCount(refused) == 1) {
            LOG.warn("{}: {} events are no labels by now and were passed over; the last: {}", topic, refused, why);
        }
    }

    /** The label of a record. */
    public synchronized Optional<Label> find(RecordCoordinates record) {
        return Optional.ofNullable(labels.get(record));
    }

    /** All labels that are held, the latest first. */
    public synchronized List<Label> latestFirst() {
        List<Label> all = new ArrayList<>(labels.values());
        Collections.reverse(all);
        return all;
    }

    /** How many records are labelled so. */
    public synchronized long count(Verdict verdict) {
        return labels.values().stream()
                .filter(label -> label.verdict() == verdict)
                .count();
    }

    /** How many events were no sound labels. */
    public synchronized long refused() {
        return refused;
    }

    /** How many records' labels there was no room for. */
    public synchronized long forgotten() {
        return forgotten;
    }

    /** Why the last event that was refused was; null if none was. */
    public synchronized String lastRefusal() {
        return lastRefusal;
    }
}
