package dev.surprisal.trainer.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.surprisal.schemas.record.AvroValues;
import dev.surprisal.schemas.record.LogicalValues;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;

/**
 * The records of an Avro container file as JSON objects. Nested records are nested objects; the types of Avro that JSON lacks are written as
 * {@link LogicalValues} says.
 */
final class AvroRecords implements JsonObjects {

    private static final JsonFactory JSON = new JsonFactory();

    private final Path path;
    private final DataFileReader<Object> file;
    private final long size;
    private Object current;
    private long records;

    private AvroRecords(Path path, DataFileReader<Object> file, long size) {
        this.path = path;
        this.file = file;
        this.size = size;
    }

    static AvroRecords open(Path path) {
        try {
            return new AvroRecords(
                    path, new DataFileReader<>(path.toFile(), new GenericDatumReader<>()), Files.size(path));
        } catch (IOException | RuntimeException e) {
            throw damaged(path, e);
        }
    }

    @Override
    public String next() {
        StringWriter text = new StringWriter(512);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            if (!hasNext()) {
                return null;
            }
            new AvroValues(json, false).write(file.getSchema(), current);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Reads the next record, if there is one; Avro's reader says by exceptions of many kinds that there is something else. */
    private boolean hasNext() {
        try {
            if (!file.hasNext()) {
                return false;
            }
            current = file.next(current);
            records++;
            return true;
        } catch (IOException | RuntimeException e) {
            throw damaged(path, e);
        }
    }

    private static DataException damaged(Path path, Exception e) {
        return new DataException(path + ": cannot be read as Avro: " + e.getMessage(), e);
    }

    @Override
    public String place() {
        return "record " + records;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long position() {
        try {
            return file.tell();
        } catch (IOException e) {
            throw damaged(path, e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
