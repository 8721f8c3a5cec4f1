package dev.surprisal.bench.trust;

import dev.surprisal.launcher.Verbosity;
import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.schemas.model.FalseDiscoveryRate;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the control of the false discovery rate on simulated streams. */
@Command(
        name = "discoveries",
        sortOptions = false,
        description = {
            "Simulates streams of p-values whose truth is known, and prints as a Markdown table, for each rule, which share of its flags is false (FDR), over the whole stream and with decaying memory, and which share of the anomalies is found (power); means over streams, with the standard error of the FDR.",
            "",
            "Example:",
            "  surprisal bench discoveries --records 100000",
            ""
        })
public final class DiscoveriesCommand implements Callable<Integer> {

    private static final List<AlarmRule> RULES = List.of(
            new FalseDiscoveryRate(0.05),
            new FalseDiscoveryRate(0.1),
            new FalseDiscoveryRate(0.2),
            new AlarmRate(1e-3),
            new AlarmRate(1e-4));

    @Option(
            names = "--records",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Records of a stream. Default: ${DEFAULT-VALUE}.")
    private int records;

    @Option(
            names = "--streams",
            paramLabel = "N",
            defaultValue = "10",
            description = "Streams of each kind. Default: ${DEFAULT-VALUE}.")
    private int streams;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        PrintWriter out = command.commandLine().getOut();
        out.println("| anomalies | correlation | rule | FDR | with decaying memory | power |");
        out.println("| --- | ---: | --- | ---: | ---: | ---: |");
        for (int rarity : new int[] {100, 1_000, 10_000}) {
            for (double correlation : new double[] {0, 0.5}) {
                SimulatedStream stream = new SimulatedStream(rarity, 5, 5, correlation);
                RULES.forEach(rule -> print(out, stream, rule));
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private void print(PrintWriter out, SimulatedStream stream, AlarmRule rule) {
        List<SimulatedStream.Flags> all = IntStream.range(0, streams)
                .mapToObj(seed -> stream.flag(rule, records, seed))
                .toList();
        double mean = all.stream()
                .mapToDouble(SimulatedStream.Flags::discoveryRate)
                .average()
                .orElseThrow();
        double variance = all.stream()
                .mapToDouble(flags -> Math.pow(flags.discoveryRate() - mean, 2))
                .average()
                .orElseThrow();
        out.printf(
                Locale.ROOT,
                "| 1 in %d | %.1f | %s | %.1f %% +- %.1f %% | %.1f %% | %.1f %% |%n",
                stream.rarity(),
                stream.correlation(),
                rule,
                100 * mean,
                100 * Math.sqrt(variance / Math.max(1, streams - 1)),
                100
                        * all.stream()
                                .mapToDouble(SimulatedStream.Flags::remembered)
                                .average()
                                .orElseThrow(),
                100
                        * all.stream()
                                .mapToDouble(SimulatedStream.Flags::power)
                                .average()
                                .orElseThrow());
        out.flush();
    }
}
