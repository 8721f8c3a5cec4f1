package dev.surprisal.bench.quality;

import dev.surprisal.launcher.Verbosity;
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

/** Measures how well anomalies are told from normal records on a folder of labelled tables. */
@Command(
        name = "quality",
        sortOptions = false,
        description = {
            "Trains and scores on every table of a folder, as a user would who sets nothing, and prints AUROC and average precision (AP) of each, with their means, as a Markdown table.",
            "",
            "A table is a CSV file (plain or gzip, with a header) whose last column, `label`, is 0 for normal records. Where a file `published.csv` lies beside them, its figures stand in the table of the one-class protocol too.",
            "",
            "Every run leaves a score file (columns score, label) in the --out folder. What is there already is not run again, so a measurement that was interrupted goes on.",
            "",
            "Example:",
            "  surprisal bench quality --data adbench --out quality --seeds 3",
            ""
        })
public final class QualityCommand implements Callable<Integer> {

    @Option(names = "--data", required = true, paramLabel = "FOLDER", description = "The tables.")
    private Path data;

    @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "Where the score files go.")
    private Path out;

    @Option(
            names = "--protocol",
            paramLabel = "PROTOCOL",
            defaultValue = "one-class",
            description = {
                "one-class: the first half of the normal rows trains, the rest and all anomalies are the test; tables of fewer than 1,000 rows are resampled to as many, of more than 50,000 subsampled.",
                "clean: the same on distinct rows, shuffled and not resampled.",
                "partly-labelled: as one-class, but a twentieth of the anomalies, at least five, are known in the training.",
                "contaminated: a bootstrap of all rows trains, all rows are the test.",
                "Default: ${DEFAULT-VALUE}."
            })
    private String protocolName;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Runs with the seeds 0 to N - 1. Default: ${DEFAULT-VALUE}.")
    private int seeds;

    @Option(
            names = "--tables",
            paramLabel = "REGEX",
            defaultValue = ".*",
            description = "Take the tables with such names only. Default: all.")
    private Pattern tables;

    @Option(
            names = "--yardsticks",
            description =
                    "Measure k nearest neighbours, a Gaussian mixture and the Mahalanobis distance in the same way.")
    private boolean yardsticks;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        Protocol protocol = protocol();
        if (seeds < 1) {
            throw new CommandLine.ParameterException(command.commandLine(), "--seeds must be at least 1");
        }
        List<Path> files = TableFiles.in(data, tables);
        List<Detector> detectors = new ArrayList<>(List.of(new SurprisalDetector()));
        if (yardsticks) {
            detectors.addAll(List.of(new NearestNeighbours(), new GaussianMixture(), new MahalanobisDistance()));
        }
        QualityTable table = new QualityTable(detectors, published(protocol));
        PrintWriter progress = command.commandLine().getErr();
        for (Path file : files) {
            table.add(TableFiles.nameOf(file), new TableRuns(file, out, protocol, seeds, progress).run(detectors));
        }
        command.commandLine().getOut().print(table.toMarkdown());
        command.commandLine().getOut().flush();
        return CommandLine.ExitCode.OK;
    }

    /** They are of the one-class protocol, and say nothing beside figures of another. */
    private Published published(Protocol protocol) throws IOException {
        return protocol == Protocol.ONE_CLASS ? Published.read(data.resolve(Published.FILE)) : Published.NONE;
    }

    private Protocol protocol() {
        try {
            return Protocol.valueOf(protocolName.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    command.commandLine(),
                    "--protocol is one-class, clean, partly-labelled or contaminated, not '" + protocolName + "'",
                    e);
        }
    }
}
