package dev.surprisal.trainer.data;

import dev.surprisal.schemas.record.Column;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordException;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.Vocabulary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;

/**
 * The records of a file, encoded for training.
 *
 * @param rows the records
 * @param vocabularies one per category column
 * @param unseenProbability one per category column: the probability of a value that is not in the vocabulary
 * @param fingerprint SHA-256 of the rows, hexadecimal
 */
public record TrainingData(
        EncodedRows rows, List<Vocabulary> vocabularies, double[] unseenProbability, String fingerprint) {

    /**
     * Which records of a file to take.
     *
     * @param labelField take only records with the normal value in this field, which the spec need not name; null = all
     * @param normalValue the value of normal records
     * @param most how many to take at most; 0 = all
     */
    public record Selection(String labelField, String normalValue, long most) {
        /** All records. */
        public static final Selection ALL = new Selection(null, null, 0);
    }

    /**
     * Reads a file in one pass.
     *
     * @param position hears how many bytes have been read
     * @throws DataException if it cannot be read, or holds nothing to train on
     */
    public static TrainingData read(Path path, RecordSpec spec, Selection selection, LongConsumer position) {
        List<Column> categoryColumns = spec.categoryColumns();
        List<GrowingVocabulary> growing =
                categoryColumns.stream().map(column -> new GrowingVocabulary()).toList();
        RecordEncoder encoder = new RecordEncoder(spec, growing);
        Rows rows = new Rows(spec.numberColumns().size(), categoryColumns.size());
        EncodedRow row = encoder.newRow();
        List<String> more = selection.labelField == null ? List.of() : List.of(selection.labelField);
        try (RecordReader reader = RecordReader.open(path, spec, more)) {
            while ((selection.most == 0 || rows.size < selection.most) && reader.next()) {
                if (!encode(path, reader, selection, encoder, row)) {
                    continue;
                }
                rows.add(row, path);
                if (rows.size % 10_000 == 0) {
                    position.accept(reader.position());
                    stopIfInterrupted();
                }
            }
        } catch (IOException e) {
            throw new DataException(path + ": cannot be closed: " + e.getMessage(), e);
        }
        if (rows.size == 0) {
            throw new DataException(path + ": there is no record"
                    + (selection.labelField == null
                            ? ""
                            : " whose '" + selection.labelField + "' is '" + selection.normalValue + "'"));
        }
        return settle(path, rows, growing, categoryColumns);
    }

    /** Encodes a record, or returns false if it is none of the selection. */
    private static boolean encode(
            Path path, RecordReader reader, Selection selection, RecordEncoder encoder, EncodedRow row) {
        try {
            if (selection.labelField != null
                    && !reader.text(selection.labelField).equals(selection.normalValue)) {
                return false;
            }
            reader.encode(encoder, row);
            return true;
        } catch (RecordException e) {
            throw new DataException(path + " line " + reader.line() + ": " + e.getMessage(), e);
        }
    }

    private static TrainingData settle(
            Path path, Rows rows, List<GrowingVocabulary> growing, List<Column> categoryColumns) {
        List<GrowingVocabulary.Numbering> numberings =
                growing.stream().map(GrowingVocabulary::settle).toList();
        for (int column = 0; column < numberings.size(); column++) {
            if (numberings.get(column).vocabulary().values().isEmpty()) {
                throw new DataException(path + ": no value of the field '"
                        + categoryColumns.get(column).field().name()
                        + "' comes twice, so there is nothing to learn of it; make it `type: ignored` in the spec");
            }
        }
        EncodedRows encoded = rows.toEncoded(numberings);
        return new TrainingData(
                encoded,
                numberings.stream().map(GrowingVocabulary.Numbering::vocabulary).toList(),
                numberings.stream()
                        .mapToDouble(GrowingVocabulary.Numbering::unseenProbability)
                        .toArray(),
                fingerprint(encoded, numberings));
    }

    private static String fingerprint(EncodedRows rows, List<GrowingVocabulary.Numbering> numberings) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
            put(digest, chunk, rows.numberColumns());
            put(digest, chunk, rows.categoryColumns());
            for (float number : rows.numbers()) {
                put(digest, chunk, Float.floatToIntBits(number));
            }
            for (int code : rows.categories()) {
                put(digest, chunk, code);
            }
            digest.update(chunk.flip());
            for (GrowingVocabulary.Numbering numbering : numberings) {
                for (String value : numbering.vocabulary().values()) {
                    digest.update(value.getBytes(StandardCharsets.UTF_8));
                    // No UTF-8 has this byte, so that no two lists of values look the same.
                    digest.update((byte) 0xFF);
                }
                digest.update((byte) 0xFE);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static void put(MessageDigest digest, ByteBuffer chunk, int bits) {
        if (!chunk.hasRemaining()) {
            digest.update(chunk.flip());
            chunk.clear();
        }
        chunk.putInt(bits);
    }

    private static void stopIfInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("reading was interrupted");
        }
    }

    /** Rows in arrays that grow. */
    private static final class Rows {
        private final int numberColumns;
        private final int categoryColumns;
        private float[] numbers = new float[1 << 12];
        private int[] categories = new int[1 << 12];
        private int size;

        Rows(int numberColumns, int categoryColumns) {
            this.numberColumns = numberColumns;
            this.categoryColumns = categoryColumns;
        }

        void add(EncodedRow row, Path path) {
            int numbersEnd = (size + 1) * numberColumns;
            int categoriesEnd = (size + 1) * categoryColumns;
            if (Math.max((size + 1L) * numberColumns, (size + 1L) * categoryColumns) > Integer.MAX_VALUE - 8) {
                throw new DataException(path + ": more than " + size
                        + " records of this width do not fit into memory; take fewer with --rows");
            }
            if (numbersEnd > numbers.length) {
                numbers = Arrays.copyOf(numbers, larger(numbersEnd));
            }
            if (categoriesEnd > categories.length) {
                categories = Arrays.copyOf(categories, larger(categoriesEnd));
            }
            System.arraycopy(row.numbers(), 0, numbers, size * numberColumns, numberColumns);
            System.arraycopy(row.categories(), 0, categories, size * categoryColumns, categoryColumns);
            size++;
        }

        EncodedRows toEncoded(List<GrowingVocabulary.Numbering> numberings) {
            int[] codes = Arrays.copyOf(categories, size * categoryColumns);
            for (int i = 0; i < codes.length; i++) {
                codes[i] = codes[i] < 0
                        ? codes[i]
                        : numberings.get(i % categoryColumns).codes()[codes[i]];
            }
            return new EncodedRows(
                    size, numberColumns, categoryColumns, Arrays.copyOf(numbers, size * numberColumns), codes);
        }

        private static int larger(int needed) {
            return (int) Math.min(Integer.MAX_VALUE - 8, needed * 3L / 2);
        }
    }
}
