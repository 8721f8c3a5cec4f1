package dev.surprisal.trainer.cli;

import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;

/** Reads the argument that names a file of records, of which {@code -} is standard input. */
final class RecordsPath implements ITypeConverter<Path> {

    static final Path STANDARD_INPUT = Path.of("/dev/stdin");

    @Override
    public Path convert(String text) {
        return text.equals("-") ? STANDARD_INPUT : Path.of(text);
    }
}
