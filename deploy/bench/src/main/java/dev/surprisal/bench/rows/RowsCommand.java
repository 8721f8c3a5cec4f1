package dev.surprisal.bench.rows;

import dev.surprisal.launcher.Verbosity;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints generated records, as many as one likes, for a training run to read from a pipe. */
@Command(
        name = "rows",
        sortOptions = false,
        description = {
            "Prints generated records as CSV, to see how training copes with many: numbers that follow from two that are not printed. The same seed gives the same records.",
            "",
            "Example, which trains on 50 million records in 512 MiB of heap, and tells time and memory:",
            "  surprisal bench rows --rows 10000 > sample.csv",
            "  surprisal describe sample.csv --out rows.yaml",
            "  surprisal bench rows --rows 50000000 |",
            "    JAVA_OPTS=-Xmx512m /usr/bin/time -v surprisal train --spec rows.yaml --data - --out rows.onnx",
            ""
        })
public final class RowsCommand implements Callable<Integer> {

    @Option(names = "--rows", required = true, paramLabel = "N", description = "How many.")
    private long rows;

    @Option(
            names = "--columns",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many numbers each. Default: ${DEFAULT-VALUE}.")
    private int columns;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        if (rows < 1 || columns < 1) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--rows and --columns take numbers from 1 on");
        }
        // Not System.out, which looks at every byte.
        try (OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16)) {
            new GeneratedRows(columns, seed).write(rows, out);
        }
        return CommandLine.ExitCode.OK;
    }
}
