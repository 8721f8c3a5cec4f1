package dev.surprisal.retraining;

import dev.surprisal.launcher.Commands;
import dev.surprisal.launcher.Verbosity;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command that needs both halves, training and topics: retrain. */
@Command(
        name = "surprisal",
        description = "Trains on topics.",
        subcommands = RetrainCommand.class,
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
