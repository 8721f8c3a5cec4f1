package dev.surprisal.trainer.cli;

import dev.surprisal.launcher.Progress;
import dev.surprisal.launcher.Verbosity;
import dev.surprisal.launcher.WholeFile;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.trainer.data.SpecDraft;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws a record spec from a file. */
@Command(
        name = "describe",
        sortOptions = false,
        description = {
            "Looks at a file of records and writes a record spec for it: each field's type, with its range, missing share and examples as comments. Edit it before you train.",
            "",
            "Example:",
            "  surprisal describe payments.csv --out payments.yaml",
            ""
        })
final class DescribeCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "FILE",
            converter = RecordsPath.class,
            description =
                    "The records: CSV, JSON lines, Avro or Parquet; text plain or gzip, CSV with or without a header; - is standard input, which cannot be Avro or Parquet.")
    private Path file;

    @Option(names = "--out", paramLabel = "SPEC", description = "The spec to write. Default: standard output.")
    private Path out;

    @Option(
            names = "--label",
            paramLabel = "FIELD",
            description = "The field that holds the truth; the model is not to look at it.")
    private String label;

    @Option(names = "--name", paramLabel = "NAME", description = "What the records are. Default: the file's name.")
    private String name;

    @Option(names = "--force", description = "Overwrite the spec if it exists.")
    private boolean force;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        if (out != null && Files.exists(out) && !force) {
            throw new SurprisalException(out + ": exists already, perhaps with edits of yours; --force overwrites it");
        }
        SpecDraft draft;
        try (Progress progress = Progress.start("reading", Files.isRegularFile(file) ? Files.size(file) : 0, "bytes")) {
            draft = SpecDraft.of(file, name == null && isPiped() ? "records" : name, label, progress::at);
        }
        PrintWriter screen = command.commandLine().getOut();
        if (out == null) {
            screen.print(draft.toYaml());
            screen.flush();
            PrintWriter aside = command.commandLine().getErr();
            aside.println("Next: give it --out SPEC, read and correct what it writes, and train with it.");
            aside.flush();
        } else {
            WholeFile.write(out, draft.toYaml().getBytes(StandardCharsets.UTF_8));
            screen.printf(
                    Locale.ROOT,
                    "%s: %d fields, seen in %,d records. Read it, and correct what it got wrong.%n",
                    out,
                    draft.fields(),
                    draft.records());
            screen.printf(
                    "Next: surprisal train --spec %s --data %s%s --out model.onnx%n",
                    out, isPiped() ? "-" : file, label == null ? "" : " --label " + label + " --normal VALUE");
        }
        screen.flush();
        return 0;
    }

    private boolean isPiped() {
        return file.equals(RecordsPath.STANDARD_INPUT);
    }
}
