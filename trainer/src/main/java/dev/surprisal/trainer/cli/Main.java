package dev.surprisal.trainer.cli;

import dev.surprisal.launcher.Commands;
import dev.surprisal.launcher.Verbosity;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The offline commands: describe, train, score, evaluate, impute. */
@Command(
        name = "surprisal",
        description = "Trains models from files of records, and scores files with them.",
        subcommands = {
            DescribeCommand.class,
            TrainCommand.class,
            ScoreCommand.class,
            EvaluateCommand.class,
            ImputeCommand.class
        },
        synopsisSubcommandLabel = "COMMAND")
public final class Main {

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs a command line, and returns its exit status. */
    public static int run(String... arguments) {
        return Commands.run(new Main(), arguments);
    }
}
