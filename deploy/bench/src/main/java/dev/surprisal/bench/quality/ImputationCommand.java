package dev.surprisal.bench.quality;

import dev.surprisal.launcher.Verbosity;
import dev.surprisal.trainer.imputation.Imputer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what missing values cost, and how well they are filled in, on a folder of labelled tables. */
@Command(
        name = "imputation",
        sortOptions = false,
        description = {
            "Trains on the first half of each table's normal rows, removes values of the other rows at random, and prints as a Markdown table how close `impute` comes to what was removed from the normal ones, and how much worse anomalies are told from normal rows.",
            "",
            "error: the mean absolute error, as a share of that of the training rows' median, geometric mean over the fields. better: the share of the fields where it is lower. within: the share of the removed values within 1.96 scales of the expected one. AUROC and average precision (AP) with all values, and without the removed ones.",
            "",
            "Example:",
            "  surprisal bench imputation --data adbench --tables 'thyroid|cardio'",
            ""
        })
public final class ImputationCommand implements Callable<Integer> {

    @Option(
            names = "--data",
            required = true,
            paramLabel = "FOLDER",
            description = "The tables, as of `bench quality`.")
    private Path data;

    @Option(
            names = "--tables",
            paramLabel = "REGEX",
            defaultValue = ".*",
            description = "Take the tables with such names only. Default: all.")
    private Pattern tables;

    @Option(
            names = "--missing",
            paramLabel = "SHARE",
            defaultValue = "0.3",
            description = "The share of the values that are removed. Default: ${DEFAULT-VALUE}.")
    private double missing;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often a completed record is looked at anew. Default: ${DEFAULT-VALUE}.")
    private int rounds = Imputer.ROUNDS;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Seed of the training and of what is removed. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        if (!(missing > 0 && missing < 1)) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--missing takes a share between 0 and 1, not " + missing);
        }
        PrintWriter out = command.commandLine().getOut();
        out.println("| table | fields | error | better | within | AUROC | missing | AP | missing |");
        out.println("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        List<ImputationRun.Figures> all = new ArrayList<>();
        for (Path file : TableFiles.in(data, tables)) {
            ImputationRun.Figures figures = new ImputationRun(missing, rounds, seed).run(LabelledTable.read(file));
            all.add(figures);
            print(out, TableFiles.nameOf(file), figures);
        }
        print(out, "**mean**", ImputationRun.Figures.mean(all));
        return CommandLine.ExitCode.OK;
    }

    private static void print(PrintWriter out, String name, ImputationRun.Figures figures) {
        out.printf(
                Locale.ROOT,
                "| %s | %d | %.3f | %.1f %% | %.1f %% | %.2f | %.2f | %.2f | %.2f |%n",
                name,
                figures.fields(),
                Math.exp(figures.logError()),
                100.0 * figures.better() / figures.fields(),
                100 * figures.within(),
                100 * figures.complete().auroc(),
                100 * figures.missing().auroc(),
                100 * figures.complete().averagePrecision(),
                100 * figures.missing().averagePrecision());
        out.flush();
    }
}
