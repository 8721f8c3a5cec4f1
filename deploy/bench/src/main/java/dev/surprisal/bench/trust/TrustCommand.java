package dev.surprisal.bench.trust;

import dev.surprisal.bench.quality.LabelledTable;
import dev.surprisal.bench.quality.TableFiles;
import dev.surprisal.engine.Judge;
import dev.surprisal.launcher.Verbosity;
import dev.surprisal.schemas.model.AlarmRate;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures whether flags can be believed, on a folder of labelled tables. */
@Command(
        name = "trust",
        sortOptions = false,
        description = {
            "Trains on nine tenths of each table's normal rows, in random order, or on a third of simulated payments without fraud, and prints as a Markdown table what becomes of the others.",
            "",
            "false alarms: how many of them are flagged at each rate, of how many, in brackets 99 % of the binomial distribution of the rate, then 99 % of what a calibration on so many records promises, whose own chance is in it (beta-binomial); with ! where it is not kept. first, among 3: of rows of which one random field was corrupted, where it is named first, or among the first three, of those flagged at 1/1000. expected: the mean absolute error of what is expected of a removed number, as a share of that of the training rows' median, geometric mean over the fields; the share of the fields where it is lower; and the share of the values in their 95 % interval.",
            "",
            "Example:",
            "  surprisal bench trust --data adbench --tables 'annthyroid|shuttle'",
            "  surprisal bench trust --simulated 600000",
            ""
        })
public final class TrustCommand implements Callable<Integer> {

    private static final List<AlarmRate> RATES = List.of(new AlarmRate(1e-2), new AlarmRate(1e-3), new AlarmRate(1e-4));
    /** Rates of which fewer alarms than this are expected tell nothing. */
    private static final double FEWEST_ALARMS = 0.5;
    /** Of fewer payments a third is too small to calibrate on. */
    private static final int FEWEST_SIMULATED = 3_000;

    @Option(names = "--data", paramLabel = "FOLDER", description = "The tables, as of `bench quality`.")
    private Path data;

    @Option(
            names = "--tables",
            paramLabel = "REGEX",
            defaultValue = ".*",
            description = "Take the tables with such names only. Default: all.")
    private Pattern tables;

    @Option(
            names = "--simulated",
            paramLabel = "N",
            defaultValue = "0",
            description = "Take N simulated payments, too: enough to see fine rates. Default: none.")
    private int simulated;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Seed of the order, the training and the corruption. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    private Attribution attributions = new Attribution(0, 0, 0, 0);
    private Expected expectations = new Expected(0, 0, 0, 0);

    @Override
    public Integer call() throws IOException {
        if (data == null && simulated == 0) {
            throw new ParameterException(
                    command.commandLine(), "give tables with --data, or simulated payments with --simulated");
        }
        if (simulated != 0 && simulated < FEWEST_SIMULATED) {
            throw new ParameterException(
                    command.commandLine(), "--simulated takes at least " + FEWEST_SIMULATED + " payments");
        }
        PrintWriter out = command.commandLine().getOut();
        out.println(
                "| table | calibrated on | 1/100 | 1/1000 | 1/10000 | flagged of corrupted | first | among 3 | expected | lower on | within |");
        out.println("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        for (Path file : data == null ? List.<Path>of() : TableFiles.in(data, tables)) {
            try (TrustRun run = TrustRun.of(LabelledTable.read(file), seed)) {
                measure(out, TableFiles.nameOf(file), run);
            }
        }
        if (simulated > 0) {
            try (TrustRun run = TrustRun.ofPayments(simulated, seed)) {
                measure(out, "payments, simulated", run);
            }
        }
        print(out, "**all** | | | |", attributions, expectations);
        return CommandLine.ExitCode.OK;
    }

    private void measure(PrintWriter out, String name, TrustRun run) throws IOException {
        Attribution attribution = Attribution.of(run, new Judge(run.model().card(), new AlarmRate(1e-3)), seed);
        Expected expected = Expected.of(run);
        StringBuilder alarms = new StringBuilder();
        for (AlarmRate rate : RATES) {
            alarms.append(" | ")
                    .append(rate.value() * run.fresh().size() < FEWEST_ALARMS ? "-" : text(FalseAlarms.of(run, rate)));
        }
        print(out, name + " | " + run.model().card().calibration().records() + alarms, attribution, expected);
        attributions = attributions.and(attribution);
        expectations = expectations.and(expected);
    }

    private static String text(FalseAlarms alarms) {
        return String.format(
                Locale.ROOT,
                "%d of %d (%d to %d; %d to %d)%s",
                alarms.flags(),
                alarms.rows(),
                alarms.low(),
                alarms.high(),
                alarms.least(),
                alarms.most(),
                alarms.isAsPromised() ? "" : " !");
    }

    private static void print(PrintWriter out, String start, Attribution attribution, Expected expected) {
        out.printf(
                Locale.ROOT,
                "| %s | %d of %d | %.1f %% | %.1f %% | %.2f | %.0f %% | %.1f %% |%n",
                start,
                attribution.flagged(),
                attribution.rows(),
                100.0 * attribution.first() / Math.max(1, attribution.flagged()),
                100.0 * attribution.among() / Math.max(1, attribution.flagged()),
                Math.exp(expected.logError() / expected.fields()),
                100.0 * expected.better() / expected.fields(),
                100 * expected.within() / expected.fields());
        out.flush();
    }
}
