package dev.surprisal.trainer.cli;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.launcher.Progress;
import dev.surprisal.launcher.Verbosity;
import dev.surprisal.launcher.WholeFile;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.trainer.imputation.FileImputer;
import dev.surprisal.trainer.imputation.Imputer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fills in the missing values of a file's records. */
@Command(
        name = "impute",
        sortOptions = false,
        description = {
            "Fills in the missing values of a file's records with what a model expects of them given the rest of each record, and writes the records in the format that they came in.",
            "",
            "Numbers are filled in with their expected value in the field's own unit, booleans and categories with the more or most probable one. Timestamps stay missing: a model knows their hour and weekday only. Any field may be missing, but a model has only learned to do without some where its spec calls fields optional; others fill in worse. Records that do not fit the spec are written as they are.",
            "",
            "Example:",
            "  surprisal impute --model payments.onnx --data today.csv --out completed.csv",
            ""
        })
final class ImputeCommand implements Callable<Integer> {

    @Mixin
    private ModelAndData from;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "The file to write; gzip if its name ends in .gz, standard output if it is -.")
    private Path out;

    @Option(
            names = "--fields",
            split = ",",
            paramLabel = "FIELD",
            description = "Fill in these fields only. Default: all but timestamps.")
    private List<String> fields = List.of();

    @Option(
            names = "--scale",
            description =
                    "Write beside each number that is filled in, as FIELD_scale, the deviation around it: 1.96 of it on either side hold 95 %% of the probability.")
    private boolean scale;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often the completed record is looked at anew. Default: ${DEFAULT-VALUE}.")
    private int rounds = Imputer.ROUNDS;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        if (rounds < 0) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--rounds takes a number from 0 on, not " + rounds);
        }
        FileImputer.Summary summary;
        try (ScoringModel model = ScoringModel.open(from.model())) {
            refuseUnknownFields(model.card().spec());
            FileImputer imputer = new FileImputer(model, new FileImputer.Request(fields, scale, rounds));
            try (Progress progress = Progress.start("imputing", from.bytes(), "bytes")) {
                summary = write(text -> imputer.impute(from.data(), text, progress::at));
            }
        }
        report(summary);
        return 0;
    }

    private void refuseUnknownFields(RecordSpec spec) {
        List<String> fillable = FileImputer.fillable(spec);
        for (String field : fields) {
            if (!fillable.contains(field)) {
                throw new SurprisalException("the field '" + field + "' cannot be filled in; the model of "
                        + from.model() + " fills in " + String.join(", ", fillable));
            }
        }
        for (String field : scale ? fillable : List.<String>of()) {
            if (spec.fields().stream().anyMatch(other -> other.name().equals(field + "_scale"))) {
                throw new SurprisalException("--scale would write '" + field
                        + "_scale', and the records have a field of this name; leave the option out");
            }
        }
    }

    /** Writes records. */
    private interface Work {
        FileImputer.Summary to(Writer text) throws IOException;
    }

    private FileImputer.Summary write(Work work) throws IOException {
        if (out.toString().equals("-")) {
            return work.to(command.commandLine().getOut());
        }
        try (WholeFile file = WholeFile.at(out)) {
            OutputStream bytes =
                    out.toString().endsWith(".gz") ? new GZIPOutputStream(file.stream(), 1 << 16) : file.stream();
            Writer text = new OutputStreamWriter(bytes, StandardCharsets.UTF_8);
            FileImputer.Summary summary = work.to(text);
            text.close();
            file.complete();
            return summary;
        } catch (UncheckedIOException e) {
            throw new SurprisalException(
                    out + ": cannot be written: " + e.getCause().getMessage(), e);
        }
    }

    private void report(FileImputer.Summary summary) {
        var screen = command.commandLine().getErr();
        screen.printf(
                Locale.ROOT,
                "%d records, %d of them completed: %d values filled in, %d left missing%n",
                summary.records(),
                summary.completed(),
                summary.values(),
                summary.left());
        if (summary.unreadable() > 0) {
            screen.printf(
                    Locale.ROOT,
                    "%d records do not fit the spec and are written as they are, the first for this reason: %s%n",
                    summary.unreadable(),
                    summary.firstReason());
        }
        screen.flush();
    }
}
