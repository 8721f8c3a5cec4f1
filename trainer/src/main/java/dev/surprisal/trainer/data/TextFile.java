package dev.surprisal.trainer.data;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** A text file in UTF-8, plain or gzip, whichever its first bytes say. */
final class TextFile implements Closeable {

    /** The longest record, in characters, that is read into memory. */
    static final int LONGEST_RECORD = 16 << 20;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final Path path;
    private final long size;
    private final Counting raw;
    private final BufferedReader reader;
    private final char[] chunk = new char[1 << 14];
    private int from;
    private int to;

    private TextFile(Path path, long size, Counting raw, BufferedReader reader) {
        this.path = path;
        this.size = size;
        this.raw = raw;
        this.reader = reader;
    }

    static TextFile open(Path path) {
        if (Files.isDirectory(path)) {
            throw new DataException(path + ": is a folder, not a file of records");
        }
        if (!Files.exists(path)) {
            throw new DataException(path + ": there is no such file");
        }
        Counting raw = null;
        try {
            raw = new Counting(Files.newInputStream(path));
            BufferedReader reader = new BufferedReader(
                    new InputStreamReader(
                            unpacked(raw),
                            StandardCharsets.UTF_8
                                    .newDecoder()
                                    .onMalformedInput(CodingErrorAction.REPORT)
                                    .onUnmappableCharacter(CodingErrorAction.REPORT)),
                    1 << 16);
            TextFile file = new TextFile(path, Files.size(path), raw, reader);
            file.skipByteOrderMark();
            return file;
        } catch (IOException e) {
            DataException failure = failure(path, e);
            if (raw != null) {
                close(raw, failure);
            }
            throw failure;
        }
    }

    private static void close(InputStream stream, DataException because) {
        try {
            stream.close();
        } catch (IOException e) {
            because.addSuppressed(e);
        }
    }

    private static InputStream unpacked(InputStream raw) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(raw, 1 << 16);
        buffered.mark(2);
        boolean gzip = buffered.read() == 0x1f && buffered.read() == 0x8b;
        buffered.reset();
        return gzip ? new GZIPInputStream(buffered, 1 << 16) : buffered;
    }

    private void skipByteOrderMark() throws IOException {
        reader.mark(1);
        if (reader.read() != BYTE_ORDER_MARK) {
            reader.reset();
        }
    }

    Path path() {
        return path;
    }

    Reader reader() {
        return reader;
    }

    /** How many bytes the file has, packed or not. */
    long size() {
        return size;
    }

    /** How many of them have been read. */
    long position() {
        return raw.count;
    }

    /** The first character that is no white space, without taking it; -1 if there is none among the first 64 thousand. */
    int firstCharacter() {
        try {
            reader.mark(1 << 16);
            int character;
            int looked = 0;
            do {
                character = reader.read();
            } while (Character.isWhitespace(character) && ++looked < (1 << 16) - 1);
            reader.reset();
            return character;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** The first line, without taking it; at most 64 thousand characters of it. */
    String peekLine() {
        try {
            reader.mark(1 << 16);
            StringBuilder line = new StringBuilder();
            int character;
            while ((character = reader.read()) >= 0 && character != '\n' && line.length() < (1 << 16) - 1) {
                line.append((char) character);
            }
            reader.reset();
            return line.toString();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** The next line without its end, or null at the end of the file; not to be mixed with {@link #reader}. */
    String line(long number) {
        StringBuilder line = null;
        boolean ended = false;
        while (!ended && fill()) {
            int end = from;
            while (end < to && chunk[end] != '\n') {
                end++;
            }
            line = line == null ? new StringBuilder(end - from) : line;
            line.append(chunk, from, end - from);
            ended = end < to;
            from = ended ? end + 1 : end;
            if (line.length() > LONGEST_RECORD) {
                throw new DataException(path + " line " + number + ": longer than " + LONGEST_RECORD
                        + " characters, which no record is");
            }
        }
        if (line != null && line.length() > 0 && line.charAt(line.length() - 1) == '\r') {
            line.setLength(line.length() - 1);
        }
        return line == null ? null : line.toString();
    }

    /** Whether there are characters left, having read more where there were none. */
    private boolean fill() {
        try {
            if (from == to) {
                from = 0;
                to = Math.max(0, reader.read(chunk));
            }
            return from < to;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    DataException failure(IOException e) {
        return failure(path, e);
    }

    /** What went wrong, in words. */
    private static DataException failure(Path path, IOException e) {
        if (e instanceof EOFException) {
            return new DataException(path + ": the gzip file is truncated; copy or download it again", e);
        }
        if (e instanceof ZipException) {
            return new DataException(path + ": the gzip file is damaged: " + e.getMessage(), e);
        }
        if (e instanceof AccessDeniedException) {
            return new DataException(path + ": cannot be read: permission denied", e);
        }
        if (e instanceof CharacterCodingException) {
            // A pipe cannot be read again.
            String where = Files.isRegularFile(path) ? firstBadLine(path) : "";
            return new DataException(path + ": not text in UTF-8" + where + "; convert it first", e);
        }
        return new DataException(path + ": cannot be read: " + e.getMessage(), e);
    }

    /** Looks for the line that is not UTF-8: the reader that failed had already read ahead. */
    private static String firstBadLine(Path path) {
        long line = 1;
        try (InputStream file = Files.newInputStream(path);
                InputStream bytes = new BufferedInputStream(unpacked(file), 1 << 16)) {
            ByteArrayOutputStream current = new ByteArrayOutputStream();
            int read;
            while ((read = bytes.read()) >= 0 && current.size() < LONGEST_RECORD) {
                current.write(read);
                if (read == '\n') {
                    if (!isUtf8(current.toByteArray())) {
                        break;
                    }
                    current.reset();
                    line++;
                }
            }
            return ", first at line " + line;
        } catch (IOException e) {
            return " near line " + line;
        }
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    /** Counts what is read. */
    private static final class Counting extends FilterInputStream {
        private long count;

        Counting(InputStream in) {
            super(in);
        }

        /** Only reading tells whether there is more: where a pipe pauses, 0 would end a gzip file of several parts. */
        @Override
        public int available() {
            return 1;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count += read >= 0 ? 1 : 0;
            return read;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int read = super.read(bytes, from, length);
            count += Math.max(0, read);
            return read;
        }
    }
}
