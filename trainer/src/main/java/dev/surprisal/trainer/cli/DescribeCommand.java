package dev.surprisal.trainer.cli;

import dev.surprisal.launcher.Progress;
import dev.surprisal.launcher.Verbosity;
import dev.surprisal.launcher.WholeFile;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.trainer.data.SchemaDraft;
import dev.surprisal.trainer.data.SchemaText;
import dev.surprisal.trainer.data.SpecDraft;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws a record spec from records, or from their schema. */
@Command(
        name = "describe",
        sortOptions = false,
        description = {
            "Looks at a file of records and writes a record spec for it: each field's type, with its range, missing share and examples as comments. Edit it before you train.",
            "",
            "Examples:",
            "  surprisal describe payments.csv --out payments.yaml",
            "  surprisal export --topic payments --since 7d --records - | surprisal describe - --name payments --out payments.yaml",
            "  surprisal describe --schema http://registry:8081/subjects/payments-value/versions/latest/schema --out payments.yaml",
            ""
        })
final class DescribeCommand implements Callable<Integer> {

    @ArgGroup(multiplicity = "1")
    private Source source;

    /** One of them. */
    private static final class Source {
        @Parameters(
                arity = "0..1",
                paramLabel = "FILE",
                converter = RecordsPath.class,
                description =
                        "The records: CSV, JSON lines, Avro or Parquet; text plain or gzip, CSV with or without a header; - is standard input, which cannot be Avro or Parquet.")
        private Path file;

        @Option(
                names = "--schema",
                paramLabel = "SCHEMA",
                description =
                        "Instead of records, which tell more, their Avro schema: a file, - for standard input, or the URL at which a registry has it.")
        private String schema;
    }

    @Option(names = "--out", paramLabel = "SPEC", description = "The spec to write. Default: standard output.")
    private Path out;

    @Option(
            names = "--label",
            paramLabel = "FIELD",
            description = "The field that holds the truth; the model is not to look at it.")
    private String label;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What the records are. Default: the name of the file, or of the schema.")
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
        return source.schema == null ? ofRecords(source.file) : ofSchema(source.schema);
    }

    private int ofRecords(Path file) throws IOException {
        boolean piped = file.equals(RecordsPath.STANDARD_INPUT);
        SpecDraft draft;
        try (Progress progress = Progress.start("reading", Files.isRegularFile(file) ? Files.size(file) : 0, "bytes")) {
            draft = SpecDraft.of(file, name == null && piped ? "records" : name, label, progress::at);
        }
        return write(
                draft.toYaml(),
                String.format(Locale.ROOT, "%d fields, seen in %,d records", draft.fields(), draft.records()),
                piped ? "-" : file.toString());
    }

    private int ofSchema(String place) throws IOException {
        boolean piped = place.equals("-");
        String text = SchemaText.read(piped ? RecordsPath.STANDARD_INPUT.toString() : place);
        SchemaDraft draft = SchemaDraft.of(text, piped ? "standard input" : place, name, label);
        return write(draft.toYaml(), draft.fields() + " fields, by their schema", "FILE");
    }

    /**
     * Writes the spec, and says how to go on.
     *
     * @param seen what it was drawn from
     * @param data to train on
     */
    private int write(String yaml, String seen, String data) throws IOException {
        PrintWriter screen = command.commandLine().getOut();
        if (out == null) {
            screen.print(yaml);
            screen.flush();
            PrintWriter aside = command.commandLine().getErr();
            aside.println("Next: give it --out SPEC, read and correct what it writes, and train with it.");
            aside.flush();
        } else {
            WholeFile.write(out, yaml.getBytes(StandardCharsets.UTF_8));
            screen.printf("%s: %s. Read it, and correct what it got wrong.%n", out, seen);
            screen.printf(
                    "Next: surprisal train --spec %s --data %s%s --out model.onnx%n",
                    out, data, label == null ? "" : " --label " + label + " --normal VALUE");
        }
        screen.flush();
        return 0;
    }
}
