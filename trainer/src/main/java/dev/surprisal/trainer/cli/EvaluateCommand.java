package dev.surprisal.trainer.cli;

import dev.surprisal.engine.Judge;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.launcher.Progress;
import dev.surprisal.launcher.Verbosity;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.trainer.data.DataException;
import dev.surprisal.trainer.evaluation.Evaluation;
import dev.surprisal.trainer.evaluation.EvaluationTable;
import dev.surprisal.trainer.evaluation.FileScorer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells how well a model finds anomalies that are known. */
@Command(
        name = "evaluate",
        sortOptions = false,
        description = {
            "Scores the records of a file whose labels are known, and tells how well scores and flags agree with them: AUROC, average precision, and precision and recall at the alarm rate, overall and per label.",
            "",
            "Example:",
            "  surprisal evaluate --model payments.onnx --data labelled.csv --label fraud --normal no",
            ""
        })
final class EvaluateCommand implements Callable<Integer> {

    @Mixin
    private ModelAndData from;

    @Option(names = "--label", required = true, paramLabel = "FIELD", description = "The field that holds the truth.")
    private String label;

    @Option(
            names = "--normal",
            required = true,
            paramLabel = "VALUE",
            description = "What the label says of normal records; all others are anomalies.")
    private String normal;

    @Option(
            names = "--alarm-rate",
            paramLabel = "RATE",
            description =
                    "The share of normal records that may be flagged, such as 1/1000; or a false discovery rate of the flags, such as 'fdr 10%%'; or a threshold, such as '35.5 nats'. Default: the model's.")
    private AlarmRule alarmRate;

    @Option(
            names = "--out",
            paramLabel = "SCORES",
            description = "Write the scores too, with the label, as `score` does.")
    private Path out;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        PrintWriter screen = command.commandLine().getOut();
        Evaluation evaluation = new Evaluation(normal);
        try (ScoringModel model = ScoringModel.open(from.model());
                ScoresFile scores = out == null ? null : ScoresFile.create(out, List.of(label), screen)) {
            Judge judge = Judge.of(model.card(), alarmRate);
            try (Progress progress = Progress.start("scoring", from.bytes(), "bytes")) {
                new FileScorer(model, judge)
                        .score(
                                from.data(),
                                List.of(label),
                                record -> {
                                    take(record, evaluation);
                                    if (scores != null) {
                                        scores.accept(record);
                                    }
                                },
                                progress::at);
            }
            if (scores != null) {
                scores.complete();
            }
            refuseWithoutNormals(evaluation);
            screen.print(EvaluationTable.of(evaluation, judge.rule()));
            screen.flush();
        }
        return 0;
    }

    /** Against nothing normal there is nothing to measure; most likely the value is misspelt. */
    private void refuseWithoutNormals(Evaluation evaluation) {
        if (evaluation.normals() == 0) {
            String found = evaluation.labels().stream().limit(10).collect(Collectors.joining("', '"));
            throw new DataException(from.data() + ": no scored record has '" + normal + "' as its '" + label + "'"
                    + (found.isEmpty() ? "" : "; there are '" + found + "'"));
        }
    }

    private static void take(FileScorer.Scored record, Evaluation evaluation) {
        if (record.verdict() == null) {
            evaluation.addUnscored();
        } else {
            evaluation.add(
                    record.verdict().score(),
                    record.verdict().anomaly(),
                    record.kept().get(0));
        }
    }
}
