package dev.surprisal.bench;

import dev.surprisal.launcher.Commands;
import dev.surprisal.launcher.Verbosity;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command that measures: bench. */
@Command(
        name = "surprisal",
        description = "Measures Surprisal beside other methods.",
        subcommands = BenchCommand.class,
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
