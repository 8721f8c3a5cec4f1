package dev.surprisal.trainer.data;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Label.Labelled;
import dev.surprisal.schemas.event.Label.Verdict;
import dev.surprisal.schemas.event.RecordCoordinates;
import dev.surprisal.schemas.record.Column;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordException;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.Vocabulary;
import dev.surprisal.trainer.data.RowStore.Overflow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;

/**
 * The records of a file, encoded for training.
 *
 * @param rows the records
 * @param anomalies the known anomalies among them, which are not in the rows
 * @param vocabularies one per category column
 * @param unseenProbability one per category column: the probability of a value that is not in the vocabulary
 * @param fingerprint SHA-256 of rows, anomalies and vocabularies, hexadecimal
 * @param leftOut how many records somebody has confirmed to be anomalies: they are neither among the rows nor among the anomalies
 */
public record TrainingData(
        RowStore rows,
        EncodedRows anomalies,
        List<Vocabulary> vocabularies,
        double[] unseenProbability,
        String fingerprint,
        long leftOut)
        implements AutoCloseable {

    /** Of more known anomalies, the first ones are taken. */
    private static final int MOST_ANOMALIES = 50_000;

    /** How many bytes of rows stay in memory. */
    public static final long BYTES_IN_MEMORY = 64L << 20;

    /**
     * Which records of a file to take.
     *
     * @param labelField take only records with the normal value in this field, which the spec need not name; null = all
     * @param normalValue the value of normal records
     * @param most how many to take at most; 0 = all
     * @param knownAnomalies whether to take those with other values as known anomalies, and those without a label as if they were normal
     * @param confirmed records that somebody has confirmed to be anomalies, which are left out
     * @param falseAlarms records that somebody has found to be normal, whatever the label field says of them
     */
    public record Selection(
            String labelField,
            String normalValue,
            long most,
            boolean knownAnomalies,
            Set<RecordCoordinates> confirmed,
            Set<RecordCoordinates> falseAlarms) {
        /** Without feedback. */
        public Selection(String labelField, String normalValue, long most, boolean knownAnomalies) {
            this(labelField, normalValue, most, knownAnomalies, Set.of(), Set.of());
        }

        /** With what people say of records, whose coordinates stand in the file under {@link RecordCoordinates#FIELD}. */
        public Selection with(Collection<Labelled> labels) {
            return new Selection(
                    labelField,
                    normalValue,
                    most,
                    knownAnomalies,
                    LabelsFile.records(labels, Verdict.CONFIRMED),
                    LabelsFile.records(labels, Verdict.FALSE_ALARM));
        }

        private boolean hasFeedback() {
            return !confirmed.isEmpty() || !falseAlarms.isEmpty();
        }

        /** The fields that it asks for. */
        private List<String> fields() {
            List<String> fields = new ArrayList<>();
            if (labelField != null) {
                fields.add(labelField);
            }
            if (hasFeedback()) {
                fields.add(RecordCoordinates.FIELD);
            }
            return fields;
        }

        /** Without known anomalies. */
        public Selection(String labelField, String normalValue, long most) {
            this(labelField, normalValue, most, false);
        }

        /** All records. */
        public static final Selection ALL = new Selection(null, null, 0);
    }

    /** Reads a file; rows that are too many for memory go to the system's temporary folder. */
    public static TrainingData read(Path path, RecordSpec spec, Selection selection, LongConsumer position) {
        Overflow overflow = new Overflow(Path.of(System.getProperty("java.io.tmpdir")), BYTES_IN_MEMORY);
        return read(path, spec, selection, overflow, position);
    }

    /**
     * Reads a file in one pass; it may be a pipe.
     *
     * @param overflow where rows go that are too many for memory
     * @param position hears how many bytes have been read
     * @throws DataException if it cannot be read, or holds nothing to train on
     * @throws CancellationException if the thread is interrupted
     */
    public static TrainingData read(
            Path path, RecordSpec spec, Selection selection, Overflow overflow, LongConsumer position) {
        List<Column> categoryColumns = spec.categoryColumns();
        List<GrowingVocabulary> growing =
                categoryColumns.stream().map(column -> new GrowingVocabulary()).toList();
        RowStore rows = new RowStore(spec.numberColumns().size(), categoryColumns.size(), overflow);
        try (RowStore anomalies = new RowStore(spec.numberColumns().size(), categoryColumns.size(), overflow)) {
            long leftOut = read(path, spec, selection, growing, rows, anomalies, position);
            return settle(path, rows, anomalies, growing, categoryColumns, leftOut);
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    /** Returns how many were left out. */
    private static long read(
            Path path,
            RecordSpec spec,
            Selection selection,
            List<GrowingVocabulary> growing,
            RowStore rows,
            RowStore anomalies,
            LongConsumer position) {
        RecordEncoder encoder = new RecordEncoder(spec, growing);
        EncodedRow row = encoder.newRow();
        long leftOut = 0;
        try (RecordReader reader = RecordReader.open(path, spec, selection.fields())) {
            while ((selection.most == 0 || rows.count() < selection.most) && reader.next()) {
                Truth truth = encode(path, reader, selection, encoder, row);
                if (truth == Truth.CONFIRMED) {
                    leftOut++;
                }
                if (truth == Truth.ANOMALY && anomalies.count() < MOST_ANOMALIES) {
                    anomalies.add(row);
                }
                if (truth != Truth.NORMAL) {
                    continue;
                }
                rows.add(row);
                if (rows.count() % 10_000 == 0) {
                    position.accept(reader.position());
                    stopIfInterrupted();
                }
            }
        } catch (IOException e) {
            throw new DataException(path + ": cannot be closed: " + e.getMessage(), e);
        }
        if (rows.count() == 0) {
            throw new DataException(path + ": there is no record"
                    + (selection.labelField == null
                            ? ""
                            : " whose '" + selection.labelField + "' is '" + selection.normalValue + "'"));
        }
        return leftOut;
    }

    private enum Truth {
        NORMAL,
        ANOMALY,
        /** By feedback: it is left out. */
        CONFIRMED,
        OF_NO_INTEREST
    }

    /** Encodes a record, unless it is of no interest. */
    private static Truth encode(
            Path path, RecordReader reader, Selection selection, RecordEncoder encoder, EncodedRow row) {
        try {
            Truth truth = truth(reader, selection);
            if (truth != Truth.OF_NO_INTEREST && truth != Truth.CONFIRMED) {
                reader.encode(encoder, row);
            }
            return truth;
        } catch (RecordException e) {
            throw new DataException(path + " " + reader.place() + ": " + e.getMessage(), e);
        }
    }

    private static Truth truth(RecordReader reader, Selection selection) {
        if (selection.hasFeedback()) {
            String at = reader.text(RecordCoordinates.FIELD);
            RecordCoordinates record = at.isEmpty() ? null : coordinates(at);
            if (record != null && selection.confirmed.contains(record)) {
                return Truth.CONFIRMED;
            }
            if (record != null && selection.falseAlarms.contains(record)) {
                return Truth.NORMAL;
            }
        }
        if (selection.labelField == null) {
            return Truth.NORMAL;
        }
        String label = reader.text(selection.labelField);
        if (label.equals(selection.normalValue) || (selection.knownAnomalies && label.isEmpty())) {
            return Truth.NORMAL;
        }
        return selection.knownAnomalies ? Truth.ANOMALY : Truth.OF_NO_INTEREST;
    }

    private static RecordCoordinates coordinates(String text) {
        try {
            return RecordCoordinates.parse(text);
        } catch (SurprisalException e) {
            throw new RecordException(
                    RecordException.Step.ENCODE, "'" + RecordCoordinates.FIELD + "': " + e.getMessage(), e);
        }
    }

    private static TrainingData settle(
            Path path,
            RowStore rows,
            RowStore anomalies,
            List<GrowingVocabulary> growing,
            List<Column> categoryColumns,
            long leftOut) {
        List<GrowingVocabulary.Numbering> numberings =
                growing.stream().map(GrowingVocabulary::settle).toList();
        for (int column = 0; column < numberings.size(); column++) {
            if (numberings.get(column).vocabulary().values().isEmpty()) {
                throw new DataException(path + ": no value of the field '"
                        + categoryColumns.get(column).field().name() + "' comes twice in " + rows.count()
                        + " records, so there is nothing to learn of it; make it `type: ignored` in the spec");
            }
        }
        int[][] codes =
                numberings.stream().map(GrowingVocabulary.Numbering::codes).toArray(int[][]::new);
        rows.settle(codes);
        anomalies.settle(codes);
        EncodedRows known = anomalies.first(MOST_ANOMALIES);
        List<Vocabulary> vocabularies =
                numberings.stream().map(GrowingVocabulary.Numbering::vocabulary).toList();
        return new TrainingData(
                rows,
                known,
                vocabularies,
                numberings.stream()
                        .mapToDouble(GrowingVocabulary.Numbering::unseenProbability)
                        .toArray(),
                Fingerprint.of(rows, known, vocabularies),
                leftOut);
    }

    @Override
    public void close() {
        rows.close();
    }

    private static void stopIfInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("reading was interrupted");
        }
    }
}
