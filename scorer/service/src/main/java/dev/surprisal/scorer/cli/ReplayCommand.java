package dev.surprisal.scorer.cli;

import dev.surprisal.launcher.Verbosity;
import dev.surprisal.scorer.replay.Replay;
import dev.surprisal.scorer.replay.ReplayRequest;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sends records through again. */
@Command(
        name = "replay",
        sortOptions = false,
        description = {
            "Sends dead letters, or a range of any topic, through again. A dead letter goes to the topic and partition that it came from, with its key, value and headers, but without what was said of it; with --to, anything goes anywhere. The range ends where the topic ends now.",
            "",
            "Examples:",
            "  surprisal replay --from payments.dead-letters --step encode --dry-run",
            "  surprisal replay --from payments --since 2h --to payments.again",
            "  surprisal replay --from payments --offsets 0:1000-1999,1:500- --to payments",
            ""
        })
final class ReplayCommand implements Callable<Integer> {

    @Option(names = "--from", required = true, paramLabel = "TOPIC", description = "The topic to read from.")
    private String from;

    @Option(
            names = "--to",
            paramLabel = "TOPIC",
            description = "The topic to send to. Default: where each dead letter came from.")
    private String to;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only records from this time on: 2026-03-01T12:00:00Z, or how long ago, such as 90m or 2h.")
    private String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Only records before this time.")
    private String until;

    @Option(
            names = "--offsets",
            paramLabel = "RANGES",
            description = "Only these offsets, both ends included, of these partitions: 0:100-199,1:50-.")
    private String offsets;

    @Option(
            names = "--step",
            paramLabel = "STEP",
            description = "Only dead letters of this step: parse, encode or score.")
    private Step step;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Only dead letters with exactly this reason.")
    private String reason;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many records.")
    private long most = Long.MAX_VALUE;

    @Option(names = "--dry-run", description = "Say what would be sent, and send nothing.")
    private boolean dry;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    enum Step {
        PARSE,
        ENCODE,
        SCORE
    }

    @Override
    public Integer call() {
        Instant now = Instant.now();
        ReplayRequest request = new ReplayRequest(
                from,
                to,
                TimeOption.parse(since, now),
                TimeOption.parse(until, now),
                offsets == null ? Map.of() : ReplayRequest.parseOffsets(offsets),
                step == null ? null : step.name().toLowerCase(Locale.ROOT),
                reason,
                most);
        Replay.Summary summary = new Replay(kafka.kafka(), request, dry).run();
        PrintWriter screen = command.commandLine().getOut();
        summary.sent()
                .forEach((where, count) -> screen.printf("%s %,d to %s%n", dry ? "Would send" : "Sent", count, where));
        if (summary.sent().isEmpty()) {
            screen.println("There is nothing to send.");
        }
        summary.left().forEach((why, count) -> screen.printf("Left out %,d that %s%n", count, why));
        screen.flush();
        return 0;
    }
}
