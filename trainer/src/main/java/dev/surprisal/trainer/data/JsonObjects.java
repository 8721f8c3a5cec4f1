package dev.surprisal.trainer.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file's records as JSON objects, one after the other.
 *
 * <p>JSON is what all formats but CSV have in common: whatever a file is, its records are read by the parser that the scorer uses.
 */
interface JsonObjects extends Closeable {

    /** The next record, or null at the end. */
    String next();

    /** Where the record stands that was read last, such as {@code line 12}. */
    String place();

    /** How many bytes the file has. */
    long size();

    /** About how many of them have been read. */
    long position();

    /**
     * Opens a file that names its format in its first bytes: Parquet, or an Avro container.
     *
     * @return empty, if the file is something else: text, a pipe, a folder or nothing at all
     * @throws DataException if it is damaged
     */
    static Optional<JsonObjects> open(Path path) {
        return switch (magic(path)) {
            case "PAR1" -> Optional.of(ParquetRecords.open(path));
            case "Obj\u0001" -> Optional.of(AvroRecords.open(path));
            default -> Optional.empty();
        };
    }

    private static String magic(Path path) {
        if (!Files.isRegularFile(path)) {
            return "";
        }
        try (InputStream file = Files.newInputStream(path)) {
            return new String(file.readNBytes(4), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // whoever opens it says why it cannot be read
        }
    }
}
