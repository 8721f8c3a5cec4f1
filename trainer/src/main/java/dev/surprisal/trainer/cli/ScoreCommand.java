package dev.surprisal.trainer.cli;

import dev.surprisal.engine.Judge;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.launcher.Progress;
import dev.surprisal.launcher.Verbosity;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.trainer.evaluation.FileScorer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Scores the records of a file. */
@Command(
        name = "score",
        sortOptions = false,
        description = {
            "Scores the records of a file with the engine of the online scorer, and writes a CSV file with one line a record, in their order.",
            "",
            "Columns: score (nats, the larger the more improbable), p_value, anomaly, elbo, log_likelihood, reconstruction_log_probability, the kept fields, error (why a record could not be scored).",
            "",
            "Example:",
            "  surprisal score --model payments.onnx --data today.csv --out scores.csv --keep card,time",
            ""
        })
final class ScoreCommand implements Callable<Integer> {

    @Mixin
    private ModelAndData from;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "SCORES",
            description = "The file to write; gzip if its name ends in .gz, standard output if it is -.")
    private Path out;

    @Option(
            names = "--keep",
            split = ",",
            paramLabel = "FIELD",
            description = "Fields of the records to write beside the scores.")
    private List<String> keep = List.of();

    @Option(
            names = "--alarm-rate",
            paramLabel = "RATE",
            description =
                    "The share of normal records that may be flagged, such as 1/1000; or a false discovery rate of the flags, such as 'fdr 10%%'; or a threshold, such as '35.5 nats'. Default: the model's.")
    private AlarmRule alarmRate;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        try (ScoringModel model = ScoringModel.open(from.model());
                ScoresFile scores =
                        ScoresFile.create(out, keep, command.commandLine().getOut())) {
            Judge judge = Judge.of(model.card(), alarmRate);
            try (Progress progress = Progress.start("scoring", from.bytes(), "bytes")) {
                new FileScorer(model, judge).score(from.data(), keep, scores, progress::at);
            }
            scores.complete();
            double seconds = (System.nanoTime() - start) / 1e9;
            command.commandLine()
                    .getErr()
                    .printf(
                            Locale.ROOT,
                            "%d records scored, %d flagged at an alarm rate of %s, %d could not be scored; %.0f records/s%n",
                            scores.scored(),
                            scores.flagged(),
                            judge.rule(),
                            scores.failed(),
                            (scores.scored() + scores.failed()) / seconds);
            if (!scores.absent().isEmpty()) {
                command.commandLine()
                        .getErr()
                        .println("No record has a value of " + String.join(", ", scores.absent()) + ".");
            }
            return 0;
        }
    }
}
