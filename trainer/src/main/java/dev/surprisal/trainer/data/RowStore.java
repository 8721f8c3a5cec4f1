package dev.surprisal.trainer.data;

import dev.surprisal.schemas.record.EncodedRow;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Encoded rows that are added one by one and then read from any place on: kept in memory while they are few, otherwise in a temporary file.
 */
public final class RowStore implements Rows, Closeable {

    private static final int PAGE_BYTES = 1 << 20;

    private final int numberColumns;
    private final int categoryColumns;
    private final int rowsPerPage;
    private final Overflow overflow;
    private final List<ByteBuffer> pages = new ArrayList<>();
    private ByteBuffer page;
    private TemporaryFile file;
    private long count;
    private int[][] codes;

    /**
     * Where rows go that are too many for memory.
     *
     * @param folder the temporary file's
     * @param above so many bytes of rows stay in memory
     */
    public record Overflow(Path folder, long above) {}

    RowStore(int numberColumns, int categoryColumns, Overflow overflow) {
        this.numberColumns = numberColumns;
        this.categoryColumns = categoryColumns;
        this.overflow = overflow;
        rowsPerPage = Math.max(1, PAGE_BYTES / bytesPerRow());
        page = newPage();
    }

    private ByteBuffer newPage() {
        return ByteBuffer.allocate(rowsPerPage * bytesPerRow()).order(ByteOrder.LITTLE_ENDIAN);
    }

    void add(EncodedRow row) {
        if (!page.hasRemaining()) {
            turnPage();
        }
        for (float number : row.numbers()) {
            page.putFloat(number);
        }
        for (int code : row.categories()) {
            page.putInt(code);
        }
        count++;
    }

    private void turnPage() {
        if (file == null) {
            pages.add(page);
            page = newPage();
            if ((long) pages.size() * page.capacity() > overflow.above) {
                file = TemporaryFile.in(overflow.folder);
                pages.forEach(this::append);
                pages.clear();
            }
        } else {
            append(page);
            page.clear();
        }
    }

    private void append(ByteBuffer written) {
        file.append(written.flip());
    }

    /**
     * Ends the adding.
     *
     * @param finalCodes [C] the final code of each code from 0 on that rows were added with
     */
    void settle(int[][] finalCodes) {
        codes = finalCodes;
        if (file == null) {
            pages.add(page);
        } else {
            append(page);
        }
        page = null;
    }

    /** Whether the rows are in a file. */
    boolean isSpilled() {
        return file != null;
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public int numberColumns() {
        return numberColumns;
    }

    @Override
    public int categoryColumns() {
        return categoryColumns;
    }

    @Override
    public void copy(long from, int rows, EncodedRows target, int at) {
        int done = 0;
        while (done < rows) {
            long row = from + done;
            int inPage = (int) (row % rowsPerPage);
            int run = Math.min(rows - done, rowsPerPage - inPage);
            if (file == null) {
                decode(pages.get((int) (row / rowsPerPage)), inPage, run, target, at + done);
            } else {
                ByteBuffer read = file.read(row * bytesPerRow(), run * bytesPerRow());
                decode(read.order(ByteOrder.LITTLE_ENDIAN), 0, run, target, at + done);
            }
            done += run;
        }
    }

    private void decode(ByteBuffer bytes, int row, int rows, EncodedRows target, int at) {
        int position = row * bytesPerRow();
        int number = at * numberColumns;
        int category = at * categoryColumns;
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < numberColumns; j++, position += Float.BYTES) {
                target.numbers()[number++] = bytes.getFloat(position);
            }
            for (int j = 0; j < categoryColumns; j++, position += Integer.BYTES) {
                int code = bytes.getInt(position);
                target.categories()[category++] = code < 0 ? code : codes[j][code];
            }
        }
    }

    @Override
    public void close() {
        pages.clear();
        if (file != null) {
            file.close();
        }
    }
}
