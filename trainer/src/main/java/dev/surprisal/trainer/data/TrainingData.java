package dev.surprisal.trainer.data;

import dev.surprisal.schemas.record.Column;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordException;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.Vocabulary;
import dev.surprisal.trainer.data.RowStore.Overflow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
 */
public record TrainingData(
        RowStore rows,
        EncodedRows anomalies,
        List<Vocabulary> vocabularies,
        double[] unseenProbability,
        String fingerprint)
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
     */
    public record Selection(String labelField, String normalValue, long most, boolean knownAnomalies) {
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
            read(path, spec, selection, growing, rows, anomalies, position);
            return settle(path, rows, anomalies, growing, categoryColumns);
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    private static void read(
            Path path,
            RecordSpec spec,
            Selection selection,
            List<GrowingVocabulary> growing,
            RowStore rows,
            RowStore anomalies,
            LongConsumer position) {
        RecordEncoder encoder = new RecordEncoder(spec, growing);
        EncodedRow row = encoder.newRow();
        List<String> more = selection.labelField == null ? List.of() : List.of(selection.labelField);
        try (RecordReader reader = RecordReader.open(path, spec, more)) {
            while ((selection.most == 0 || rows.count() < selection.most) && reader.next()) {
                Truth truth = encode(path, reader, selection, encoder, row);
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
    }

    private enum Truth {
        NORMAL,
        ANOMALY,
        OF_NO_INTEREST
    }

    /** Encodes a record, unless it is of no interest. */
    private static Truth encode(
            Path path, RecordReader reader, Selection selection, RecordEncoder encoder, EncodedRow row) {
        try {
            Truth truth = truth(reader, selection);
            if (truth != Truth.OF_NO_INTEREST) {
                reader.encode(encoder, row);
            }
            return truth;
        } catch (RecordException e) {
            throw new DataException(path + " line " + reader.line() + ": " + e.getMessage(), e);
        }
    }

    private static Truth truth(RecordReader reader, Selection selection) {
        if (selection.labelField == null) {
            return Truth.NORMAL;
        }
        String label = reader.text(selection.labelField);
        if (label.equals(selection.normalValue) || (selection.knownAnomalies && label.isEmpty())) {
            return Truth.NORMAL;
        }
        return selection.knownAnomalies ? Truth.ANOMALY : Truth.OF_NO_INTEREST;
    }

    private static TrainingData settle(
            Path path,
            RowStore rows,
            RowStore anomalies,
            List<GrowingVocabulary> growing,
            List<Column> categoryColumns) {
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
                Fingerprint.of(rows, known, vocabularies));
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
