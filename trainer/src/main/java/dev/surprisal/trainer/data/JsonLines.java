package dev.surprisal.trainer.data;

import java.io.IOException;

/** A text file with one JSON object a line; blank lines are passed over. */
final class JsonLines implements JsonObjects {

    private final TextFile file;
    private long line;

    JsonLines(TextFile file) {
        this.file = file;
    }

    @Override
    public String next() {
        String current;
        do {
            line++;
            current = file.line(line);
        } while (current != null && current.isBlank());
        return current;
    }

    @Override
    public String place() {
        return "line " + line;
    }

    @Override
    public long size() {
        return file.size();
    }

    @Override
    public long position() {
        return file.position();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
