package dev.surprisal.schemas.event;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.Schema;

/** The Avro schemas of all that is written to topics, as they stand in the sources. */
final class AvroSources {

    private static final Path SOURCES = Path.of("src/main/avro");

    private AvroSources() {}

    /** By file name without its ending. */
    static Map<String, Schema> all() {
        return in(SOURCES);
    }

    /** The schemas in a folder and below. */
    static Map<String, Schema> in(Path folder) {
        Map<String, Schema> schemas = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(file -> file.toString().endsWith(".avsc")).forEach(file -> {
                String name = file.getFileName().toString();
                schemas.put(name.substring(0, name.length() - ".avsc".length()), parse(file));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return schemas;
    }

    private static Schema parse(Path file) {
        try {
            return new Schema.Parser().parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
