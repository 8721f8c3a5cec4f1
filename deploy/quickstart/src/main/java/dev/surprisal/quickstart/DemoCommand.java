package dev.surprisal.quickstart;

import dev.surprisal.launcher.Commands;
import dev.surprisal.launcher.Folders;
import dev.surprisal.launcher.Verbosity;
import dev.surprisal.schemas.model.AlarmRate;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the whole of it. */
@Command(
        name = "demo",
        sortOptions = false,
        description = {
            "Starts a Kafka broker in this process, trains a model, starts the scorer, streams records through it and prints the flags with their reasons; closes with a table and goes on until Ctrl-C.",
            "",
            "The records are simulated card payments, about one in a hundred of them fraud of five kinds. Or they are those of a file: the first half, or that of its normal records where there is a label, is for training, the rest is streamed.",
            "",
            "Examples:",
            "  surprisal demo --once",
            "  surprisal demo --data connections.csv.gz --label attack --normal none",
            ""
        })
final class DemoCommand implements Callable<Integer> {

    private static final long FEWEST_RECORDS = 300;
    /** The simulated fraud is in the calibration too, as it is where nobody has labelled the past; so the rate is its share. */
    private static final AlarmRate PAYMENTS_ALARM_RATE = new AlarmRate(0.01);

    private static final long STOP_SECONDS = 15;

    @Option(names = "--once", description = "End after the table.")
    private boolean once;

    @Option(
            names = "--records",
            paramLabel = "N",
            defaultValue = "60000",
            description =
                    "How many payments to simulate before the table; a third of them is for training. Default: ${DEFAULT-VALUE}.")
    private long records;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "A file of records instead: CSV, JSON lines, Avro or Parquet; text plain or gzip.")
    private Path data;

    @Option(
            names = "--spec",
            paramLabel = "SPEC",
            description = "The record spec of that file. Default: what `describe` makes of it.")
    private Path spec;

    @ArgGroup(exclusive = false)
    private Label label;

    @Option(
            names = "--alarm-rate",
            paramLabel = "RATE",
            description =
                    "The share of normal records that may be flagged, such as 1/1000. Default: 1/100 for the payments, the model's for a file.")
    private AlarmRate alarmRate;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of all randomness. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "The scorer's HTTP port. Default: any that is free.")
    private int port;

    @Option(
            names = "--dir",
            paramLabel = "FOLDER",
            description = "Where to keep model and broker data. Default: a folder that is deleted at the end.")
    private Path folder;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    /** Where the truth stands. */
    static final class Label {
        @Option(
                names = "--label",
                required = true,
                paramLabel = "FIELD",
                description = "The field of the file that holds the truth; neither trainer nor scorer looks at it.")
        private String field;

        @Option(
                names = "--normal",
                required = true,
                paramLabel = "VALUE",
                description = "What the label says of normal records.")
        private String normal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (data == null && (spec != null || label != null)) {
            throw new CommandLine.ParameterException(command.commandLine(), "--spec and --label belong to --data");
        }
        if (records < FEWEST_RECORDS) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--records must be at least " + FEWEST_RECORDS);
        }
        // The broker warns at its end that a connection is closed already.
        Commands.errorsOnly("org.apache.kafka.clients.NetworkClient");
        Thread demo = Thread.currentThread();
        CountDownLatch ended = new CountDownLatch(1);
        Thread stop = new Thread(() -> stop(demo, ended), "stop");
        Runtime.getRuntime().addShutdownHook(stop);
        boolean temporary = folder == null;
        Path place = temporary ? Files.createTempDirectory("surprisal-demo-") : Files.createDirectories(folder);
        try {
            run(place);
        } catch (InterruptedException | CancellationException e) {
            return CommandLine.ExitCode.OK;
        } finally {
            if (temporary) {
                Folders.delete(place);
            }
            ended.countDown();
        }
        return CommandLine.ExitCode.OK;
    }

    private void run(Path place) throws IOException, InterruptedException {
        PrintWriter screen = command.commandLine().getOut();
        try (DemoData source = data == null
                ? PaymentData.create(place, records, seed)
                : FileData.create(
                        place, data, spec, label == null ? null : label.field, label == null ? null : label.normal)) {
            AlarmRate rate = alarmRate == null && data == null ? PAYMENTS_ALARM_RATE : alarmRate;
            new Demo(screen, new Demo.Options(rate, seed, once, port, folder != null)).run(place, source);
        }
    }

    /** Ctrl-C: everything is closed before the process ends. */
    private static void stop(Thread demo, CountDownLatch ended) {
        demo.interrupt();
        try {
            if (!ended.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("surprisal: the demo did not stop in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
