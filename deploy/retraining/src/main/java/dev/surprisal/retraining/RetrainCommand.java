package dev.surprisal.retraining;

import dev.surprisal.launcher.Verbosity;
import dev.surprisal.launcher.WholeFile;
import dev.surprisal.scorer.cli.PipelineChoice;
import dev.surprisal.scorer.cli.TimeOption;
import dev.surprisal.scorer.feedback.RecordWindow;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.trainer.Training;
import dev.surprisal.trainer.cli.DeviceOption;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains on a window of a topic, and publishes what passes the gate. */
@Command(
        name = "retrain",
        sortOptions = false,
        description = {
            "Trains a challenger on a window of a pipeline's topic, as the model that scores, the champion, was trained; compares both on records that were held out and on those that people have labelled; and publishes the challenger if it passes the gate. For a scheduler: it asks nothing, and run twice on the same window it publishes nothing twice.",
            "",
            "The gate: trained on enough records; able to tell the alarm rate; held-out records on average at most --tolerance nats less probable, with 99 %% confidence; at most as many of them flagged as the alarm rate allows; at least 90 %% of the confirmed anomalies flagged that the champion flags; precision among labelled records at most 5 points less.",
            "",
            "Confirmed anomalies are neither trained on nor held out; false alarms count as normal.",
            "",
            "Why it decided as it did is printed, and written as JSON. Exit status: 0 published, or passed in a dry run, or nothing new, or nothing drifted; 3 refused; 1 failed; 2 wrong usage.",
            "",
            "Examples:",
            "  surprisal retrain --pipeline payments --config scorer.yaml --since 7d",
            "  surprisal retrain --pipeline payments --config scorer.yaml --since 2d --if-drifted",
            "  surprisal retrain --topic payments --model topic:payments --since 7d --dry-run --bootstrap-servers localhost:9092",
            ""
        })
final class RetrainCommand implements Callable<Integer> {

    /** The exit status where the gate did not let a challenger pass. */
    static final int REFUSED = 3;

    @Mixin
    private PipelineChoice choice;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description =
                    "The window begins at this time: 2026-03-01T12:00:00Z, or how long ago, such as 2h or 7d. Default: with the topic.")
    private String since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            description = "The window ends before this time. Default: where the topic ends now.")
    private String until;

    @Option(
            names = "--most-records",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Of a longer window, the latest records. Default: ${DEFAULT-VALUE}.")
    private long mostRecords;

    @Option(
            names = "--most-bytes",
            paramLabel = "N",
            defaultValue = "4294967296",
            description = "A window of more bytes is an error. Default: ${DEFAULT-VALUE}.")
    private long mostBytes;

    @Option(
            names = "--fewest-records",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "A challenger trained on fewer is refused. Default: half of those that the champion was trained on.")
    private long fewestRecords;

    @Option(
            names = "--tolerance",
            paramLabel = "NATS",
            defaultValue = "0.1",
            description =
                    "By how much the bound of held-out records may be less than the champion's, on average. Default: ${DEFAULT-VALUE}.")
    private double tolerance;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of all randomness. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--if-drifted",
            description =
                    "Do nothing unless scorers have told, on the topic of drift, that records are no longer like those the champion was trained on.")
    private boolean ifDrifted;

    @Option(names = "--dry-run", description = "Publish nothing.")
    private boolean dry;

    @Option(names = "--as-shadow", description = "Publish it to score beside the champion, until `promote`.")
    private boolean asShadow;

    @Option(
            names = "--sign",
            paramLabel = "FILE",
            description = "An Ed25519 private key in PEM to sign the challenger with.")
    private Path sign;

    @Option(names = "--keep", paramLabel = "FILE", description = "Keep the challenger's file, published or not.")
    private Path keep;

    @Option(
            names = "--temp",
            paramLabel = "DIR",
            description = "The folder for the window's records while it runs. Default: the system's.")
    private Path temporary;

    @Option(
            names = "--verdict",
            paramLabel = "FILE",
            description = "Where to write the verdict as JSON. Default: retrain-PIPELINE.json.")
    private Path verdictFile;

    @Mixin
    private DeviceOption device;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        if (!(tolerance >= 0 && tolerance < Double.POSITIVE_INFINITY) || fewestRecords < 0) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--tolerance and --fewest-records take numbers from 0 on");
        }
        Training.Listener listener = told();
        device.choose(listener);
        Clock clock = Clock.systemUTC();
        Instant now = clock.instant();
        Pipeline pipeline = choice.pipeline(null);
        RecordWindow.Request window = new RecordWindow.Request(
                pipeline.topic(), TimeOption.parse(since, now), TimeOption.parse(until, now), mostRecords, mostBytes);
        Verdict verdict = new Retraining(
                        pipeline,
                        new Retraining.Options(
                                window,
                                seed,
                                tolerance,
                                fewestRecords,
                                ifDrifted,
                                dry,
                                asShadow,
                                sign,
                                keep,
                                temporary),
                        clock)
                .run(listener);
        PrintWriter screen = command.commandLine().getOut();
        verdict.sentences().forEach(screen::println);
        Path file = verdictFile == null ? Path.of("retrain-" + pipeline.name() + ".json") : verdictFile;
        WholeFile.write(file, verdict.json().getBytes(StandardCharsets.UTF_8));
        screen.printf("Verdict: %s%n", file);
        screen.flush();
        return verdict.decision() == Verdict.Decision.REFUSED ? REFUSED : 0;
    }

    /** What the trainer has to say, without bars of progress, which a log has no use for. */
    private Training.Listener told() {
        PrintWriter screen = command.commandLine().getErr();
        return new Training.Listener() {
            @Override
            public void begins(String phase, long steps, String unit) {
                screen.println(phase + " ...");
                screen.flush();
            }

            @Override
            public void at(long step, String figure) {}

            @Override
            public void says(String sentence) {
                screen.println(sentence);
                screen.flush();
            }
        };
    }
}
