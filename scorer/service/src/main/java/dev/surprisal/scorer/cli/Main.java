package dev.surprisal.scorer.cli;

import dev.surprisal.launcher.Commands;
import dev.surprisal.launcher.Verbosity;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The online commands. */
@Command(
        name = "surprisal",
        description = "Scores Kafka topics.",
        subcommands = {
            ServeCommand.class,
            PublishCommand.class,
            ModelsCommand.class,
            PromoteCommand.class,
            RollbackCommand.class,
            ReplayCommand.class,
            TopicsCommand.class,
            ExportCommand.class,
            TokenCommand.class,
            ValidateCommand.class
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
