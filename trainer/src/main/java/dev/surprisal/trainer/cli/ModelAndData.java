package dev.surprisal.trainer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options of commands that run a model over a file of records. */
final class ModelAndData {

    @Option(
            names = "--model",
            required = true,
            paramLabel = "MODEL",
            description = "A model file, as `train` writes it.")
    private Path model;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "FILE",
            converter = RecordsPath.class,
            description =
                    "The records: CSV, JSON lines, Avro or Parquet; text plain or gzip; - is standard input, which cannot be Avro or Parquet.")
    private Path data;

    Path model() {
        return model;
    }

    Path data() {
        return data;
    }

    /** How many bytes the records have; 0 if it is unknown, as of a pipe. */
    long bytes() throws IOException {
        return Files.isRegularFile(data) ? Files.size(data) : 0;
    }
}
