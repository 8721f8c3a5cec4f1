package dev.surprisal.scorer.feedback;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Label;
import dev.surprisal.schemas.event.Label.Labelled;
import dev.surprisal.schemas.event.RecordCoordinates;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.scorer.format.TopicFormats;
import dev.surprisal.scorer.kafka.WholeTopic;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The labels of a topic, joined with the records that they are of, which are read back from where they stand.
 *
 * @param labels the latest last; without a record where that is gone
 * @param lookUp what became of the records
 * @param refused how many events are no labels
 * @param forgotten how many labels more there are than could be taken
 * @param tooLarge how many records were left out, because all together have more than {@value #MOST_BYTES} bytes
 */
public record JoinedLabels(
        List<Labelled> labels, RecordsAt.Summary lookUp, long refused, long forgotten, long tooLarge) {

    /** Of more labelled records, the latest labels are taken. */
    public static final int MOST = 100_000;
    /** Of records, which are kept in memory. */
    public static final long MOST_BYTES = 128L << 20;

    /**
     * Reads labels and records.
     *
     * @param kafka properties of the connection
     * @param topics of the pipeline
     * @param isRead whether a topic is one of the pipeline's topics of records
     * @throws SurprisalException if Kafka refuses or does not answer
     */
    public static JoinedLabels read(Map<String, String> kafka, Topics topics, Predicate<String> isRead) {
        LabelState state = new LabelState(topics.labels(), isRead, MOST);
        WholeTopic.read(kafka, topics.labels(), event -> state.take(event.key(), event.value()));
        List<Label> labels = new ArrayList<>(state.latestFirst());
        Collections.reverse(labels);
        Records records = new Records(TopicFormats.ofRecords(kafka));
        RecordsAt.Summary lookUp = labels.isEmpty()
                ? new RecordsAt.Summary(0, 0, 0)
                : RecordsAt.read(kafka, labels.stream().map(Label::record).toList(), records);
        return new JoinedLabels(
                labels.stream()
                        .map(label -> new Labelled(label, records.json.get(label.record())))
                        .toList(),
                lookUp,
                state.refused(),
                state.forgotten(),
                records.tooLarge);
    }

    /** Takes records as long as there is room. */
    private static final class Records implements Consumer<StoredRecord> {
        private final TopicFormats formats;
        private final Map<RecordCoordinates, String> json = new HashMap<>();
        private long bytes;
        private long tooLarge;

        Records(TopicFormats formats) {
            this.formats = formats;
        }

        @Override
        public void accept(StoredRecord record) {
            byte[] value = formats.jsonIfReadable(record.value());
            if (!RecordLines.isObject(value)) {
                return;
            }
            if (bytes + value.length > MOST_BYTES) {
                tooLarge++;
                return;
            }
            bytes += value.length;
            json.put(record.at(), RecordLines.text(value));
        }
    }

    /** What there is to say of them, a sentence each. */
    public List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        if (lookUp.expired() > 0) {
            remarks.add(lookUp.expired() + " labelled records are gone from their topic, whose retention time is over");
        }
        if (lookUp.absent() > 0) {
            remarks.add(lookUp.absent() + " labels are of records that were never there");
        }
        if (refused > 0) {
            remarks.add(refused + " events on the topic of labels are no labels, and were passed over");
        }
        if (forgotten > 0) {
            remarks.add("of more than " + MOST + " labels, the latest were taken; " + forgotten + " were not");
        }
        if (tooLarge > 0) {
            remarks.add(tooLarge + " labelled records were left out, because all together have more than "
                    + (MOST_BYTES >> 20) + " MiB");
        }
        return remarks;
    }
}
