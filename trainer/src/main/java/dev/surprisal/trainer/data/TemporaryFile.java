package dev.surprisal.trainer.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file without a name, which is gone with the process, however that ends. */
final class TemporaryFile implements Closeable {

    private final Path folder;
    private final RandomAccessFile file;

    private TemporaryFile(Path folder, RandomAccessFile file) {
        this.folder = folder;
        this.file = file;
    }

    static TemporaryFile in(Path folder) {
        try {
            Path path = Files.createTempFile(folder, ".surprisal-rows-", ".tmp");
            try {
                // Unlike a channel, it stays open when a thread that reads it is interrupted.
                return new TemporaryFile(folder, new RandomAccessFile(path.toFile(), "rw"));
            } finally {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw failure(folder, "written", e);
        }
    }

    /** Writes what remains of a buffer that has an array. */
    synchronized void append(ByteBuffer bytes) {
        try {
            file.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        } catch (IOException e) {
            throw failure(folder, "written", e);
        }
    }

    synchronized ByteBuffer read(long position, int count) {
        byte[] bytes = new byte[count];
        try {
            file.seek(position);
            file.readFully(bytes);
        } catch (IOException e) {
            throw failure(folder, "read", e);
        }
        return ByteBuffer.wrap(bytes);
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw failure(folder, "closed", e);
        }
    }

    private static DataException failure(Path folder, String what, IOException e) {
        return new DataException(
                folder + ": the temporary file of rows cannot be " + what + ": " + e.getMessage()
                        + "; --temp names another folder",
                e);
    }
}
