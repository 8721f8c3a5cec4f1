package dev.surprisal.launcher;

import dev.surprisal.schemas.SurprisalException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * An output file that appears whole or not at all: written under another name beside its place, and moved there when it is complete.
 *
 * <p>Closed without {@link #complete}, it leaves nothing behind.
 */
public final class WholeFile implements AutoCloseable {

    private final Path target;
    private final Path partial;
    private final OutputStream stream;
    private boolean completed;

    private WholeFile(Path target, Path partial, OutputStream stream) {
        this.target = target;
        this.partial = partial;
        this.stream = stream;
    }

    /**
     * Starts a file.
     *
     * @throws SurprisalException if its folder does not exist or cannot be written to
     */
    public static WholeFile at(Path target) {
        Path absolute = target.toAbsolutePath();
        if (Files.isDirectory(absolute)) {
            throw new SurprisalException(target + ": cannot be written: it is a folder");
        }
        Path partial = absolute.resolveSibling(
                "." + absolute.getFileName() + "." + ProcessHandle.current().pid() + ".partial");
        try {
            OutputStream stream = Files.newOutputStream(
                    partial, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
            if (partial.getFileSystem() == FileSystems.getDefault()) {
                // Ctrl-C ends the process without closing it.
                partial.toFile().deleteOnExit();
            }
            return new WholeFile(absolute, partial, new BufferedOutputStream(stream, 1 << 16));
        } catch (IOException e) {
            throw new SurprisalException(
                    target + ": cannot be written: "
                            + (Files.isDirectory(absolute.getParent()) ? reason(e) : "its folder does not exist"),
                    e);
        }
    }

    /** Writes a whole file at once. */
    public static void write(Path target, byte[] bytes) {
        try (WholeFile file = at(target)) {
            file.stream().write(bytes);
            file.complete();
        } catch (IOException e) {
            throw new SurprisalException(target + ": cannot be written: " + reason(e), e);
        }
    }

    /** Where to write; buffered. */
    public OutputStream stream() {
        return stream;
    }

    /** Puts the file in its place, over what was there. */
    public void complete() throws IOException {
        stream.close();
        try {
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
        }
        completed = true;
    }

    @Override
    public void close() throws IOException {
        if (completed) {
            return;
        }
        try {
            stream.close();
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static String reason(IOException e) {
        return e instanceof AccessDeniedException ? "permission denied" : e.getMessage();
    }
}
