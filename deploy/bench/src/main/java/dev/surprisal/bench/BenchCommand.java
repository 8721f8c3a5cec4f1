package dev.surprisal.bench;

import dev.surprisal.bench.kill.KillCommand;
import dev.surprisal.bench.kill.SwapsCommand;
import dev.surprisal.bench.quality.ImputationCommand;
import dev.surprisal.bench.quality.QualityCommand;
import dev.surprisal.bench.rows.RowsCommand;
import dev.surprisal.bench.stream.StreamCommand;
import dev.surprisal.bench.stream.WindowCommand;
import dev.surprisal.bench.training.TrainingCommand;
import dev.surprisal.bench.trust.DiscoveriesCommand;
import dev.surprisal.bench.trust.TrustCommand;
import dev.surprisal.launcher.Verbosity;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The group of measurements. */
@Command(
        name = "bench",
        description = "Measures Surprisal beside other methods, here and now.",
        subcommands = {
            QualityCommand.class,
            ImputationCommand.class,
            TrainingCommand.class,
            TrustCommand.class,
            DiscoveriesCommand.class,
            StreamCommand.class,
            WindowCommand.class,
            KillCommand.class,
            SwapsCommand.class,
            RowsCommand.class
        },
        synopsisSubcommandLabel = "MEASUREMENT")
final class BenchCommand {

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;
}
