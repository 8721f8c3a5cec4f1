package dev.surprisal.bench.kill;

import dev.surprisal.launcher.Commands;
import dev.surprisal.launcher.Folders;
import dev.surprisal.launcher.Verbosity;
import dev.surprisal.scorer.stream.Delivery;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Kills scorers and brokers at random, and counts what became of every record. */
@Command(
        name = "kill",
        sortOptions = false,
        description = {
            "Runs three brokers (every partition three times, two of them in sync) and two scorers, exactly once unless --delivery says otherwise, each a process of its own, sends them records without a pause, and ends one of the five at random, again and again, by kill -9 or SIGTERM; it is started again some seconds later. Half-way, another model is published. Then every record must have one score or one dead letter, the score that an undisturbed scorer gives it, and versions must not go back within a partition. Exit status 1 if not.",
            "",
            "Example:",
            "  surprisal bench kill --kills 20",
            ""
        })
public final class KillCommand implements Callable<Integer> {

    @Option(names = "--kills", paramLabel = "N", defaultValue = "20", description = "Default: ${DEFAULT-VALUE}.")
    private int kills;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Records a second. Default: ${DEFAULT-VALUE}.")
    private double perSecond;

    @Option(
            names = "--delivery",
            paramLabel = "HOW",
            defaultValue = "exactly-once",
            description =
                    "exactly-once, or at-least-once, where records may be doubled but still none may be missing. Default: ${DEFAULT-VALUE}.")
    private String delivery;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--dir",
            paramLabel = "FOLDER",
            description = "Where data and logs go, and stay. Default: a temporary folder, gone afterwards.")
    private Path folder;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter screen = command.commandLine().getOut();
        // Brokers that are killed are what this is about.
        Commands.errorsOnly("org.apache.kafka");
        Path work = folder == null ? Files.createTempDirectory("surprisal-kill") : Files.createDirectories(folder);
        try {
            return new KillRun(screen, work, kills, perSecond, Delivery.parse(delivery), seed).run() ? 0 : 1;
        } finally {
            if (folder == null) {
                Folders.delete(work);
            }
        }
    }
}
