package dev.surprisal.trainer.data;

import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordSpec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The records of a file, one after the other; Parquet, Avro, JSON lines or CSV, whichever the file's beginning says.
 *
 * <p>{@link #next} moves on; the other methods speak of the record that it moved to.
 */
public interface RecordReader extends Closeable {

    /**
     * Opens a file.
     *
     * @throws DataException if there is none, it cannot be read, or its columns are not those of the spec
     */
    static RecordReader open(Path path, RecordSpec spec) {
        return open(path, spec, List.of());
    }

    /**
     * Opens a file of which more is to be read than its spec names, such as a label.
     *
     * @param more fields that {@link #text} is asked for; a CSV file has to have them
     */
    static RecordReader open(Path path, RecordSpec spec, List<String> more) {
        Optional<JsonObjects> objects = JsonObjects.open(path);
        if (objects.isPresent()) {
            return new JsonRecords(objects.get(), spec);
        }
        TextFile file = TextFile.open(path);
        try {
            int first = file.firstCharacter();
            if (first < 0) {
                throw new DataException(path + ": the file is empty");
            }
            return first == '{' ? new JsonRecords(new JsonLines(file), spec) : new CsvRecords(file, spec, more);
        } catch (RuntimeException e) {
            closeQuietly(file, e);
            throw e;
        }
    }

    /** Moves to the next record; false at the end. */
    boolean next();

    /** Where the record stands, such as {@code line 12}. */
    String place();

    /**
     * Encodes the record.
     *
     * @throws dev.surprisal.schemas.record.RecordException if a field does not fit the spec
     */
    void encode(RecordEncoder encoder, EncodedRow row);

    /**
     * The text of a field as it stands in the file; "" where it is absent or null.
     *
     * @throws dev.surprisal.schemas.record.RecordException if the record is not of the file's format
     */
    String text(String field);

    /** The names of a CSV file's columns, in its order; of other files none. */
    List<String> columns();

    /** The record as a JSON object; encoding it gives the same row. */
    String json();

    /** How many bytes the file has. */
    long size();

    /** How many of them have been read. */
    long position();

    private static void closeQuietly(TextFile file, RuntimeException because) {
        try {
            file.close();
        } catch (IOException e) {
            because.addSuppressed(e);
        }
    }
}
