package dev.surprisal.trainer.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.surprisal.schemas.record.LogicalValues;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;

/**
 * The records of a Parquet file as JSON objects. Nested groups are nested objects, repeated fields arrays; the types of Parquet that JSON lacks
 * are written as {@link LogicalValues} says.
 *
 * <p>One row group is in memory at a time, packed as it is in the file.
 */
final class ParquetRecords implements JsonObjects {

    private static final JsonFactory JSON = new JsonFactory();

    private final Path path;
    private final ParquetFileReader file;
    private final MessageType schema;
    private final MessageColumnIO columns;
    private final long size;

    private RecordReader<Group> group;
    private int groups;
    private long rowsOfGroup;
    private long readOfGroup;
    private long bytesBefore;
    private long records;

    private ParquetRecords(Path path, ParquetFileReader file) {
        this.path = path;
        this.file = file;
        this.schema = file.getFileMetaData().getSchema();
        this.columns = new ColumnIOFactory().getColumnIO(schema);
        this.size = file.getRowGroups().stream()
                .mapToLong(BlockMetaData::getCompressedSize)
                .sum();
    }

    static ParquetRecords open(Path path) {
        try {
            return new ParquetRecords(
                    path,
                    ParquetFileReader.open(
                            new LocalInputFile(path),
                            ParquetReadOptions.builder(new PlainParquetConfiguration())
                                    .withCodecFactory(new ParquetCodecs())
                                    .usePageChecksumVerification()
                                    .build()));
        } catch (IOException | RuntimeException e) {
            throw damaged(path, e);
        }
    }

    @Override
    public String next() {
        Group record;
        try {
            if (readOfGroup == rowsOfGroup && !nextGroup()) {
                return null;
            }
            record = group.read();
        } catch (IOException | RuntimeException e) {
            throw damaged(path, e);
        }
        readOfGroup++;
        records++;
        return json(record);
    }

    private boolean nextGroup() throws IOException {
        PageReadStore pages;
        do {
            if (groups > 0) {
                bytesBefore += file.getRowGroups().get(groups - 1).getCompressedSize();
            }
            pages = file.readNextRowGroup();
            groups++;
        } while (pages != null && pages.getRowCount() == 0);
        if (pages == null) {
            return false;
        }
        group = columns.getRecordReader(pages, new GroupRecordConverter(schema));
        rowsOfGroup = pages.getRowCount();
        readOfGroup = 0;
        return true;
    }

    private static String json(Group record) {
        StringWriter text = new StringWriter(512);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            ParquetValues.object(json, record);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Parquet's reader has no exception of its own for files that are none; those that it does have are all unchecked. */
    private static DataException damaged(Path path, Exception e) {
        return new DataException(path + ": cannot be read as Parquet: " + e.getMessage(), e);
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
        return groups == 0
                ? 0
                : bytesBefore
                        + file.getRowGroups().get(groups - 1).getCompressedSize()
                                * readOfGroup
                                / Math.max(1, rowsOfGroup);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
