package dev.surprisal.trainer.cli;

import dev.surprisal.engine.Judge;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.launcher.Progress;
import dev.surprisal.launcher.Verbosity;
import dev.surprisal.schemas.event.Label.Labelled;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.trainer.data.DataException;
import dev.surprisal.trainer.data.LabelsFile;
import dev.surprisal.trainer.evaluation.Evaluation;
import dev.surprisal.trainer.evaluation.EvaluationTable;
import dev.surprisal.trainer.evaluation.FeedbackEvaluation;
import dev.surprisal.trainer.evaluation.FileScorer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
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
            "",
            "With --labels, it tells the precision at the alarm rate from what people say of records alone:",
            "  surprisal evaluate --model payments.onnx --labels labels.jsonl",
            ""
        })
final class EvaluateCommand implements Callable<Integer> {

    @Option(
            names = "--model",
            required = true,
            paramLabel = "MODEL",
            description = "A model file, as `train` writes it.")
    private Path modelFile;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            converter = RecordsPath.class,
            description =
                    "The records: CSV, JSON lines, Avro or Parquet; text plain or gzip; with --label and --normal.")
    private Path data;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description =
                    "Instead of --data, --label and --normal: what people say of records, with the records, as `export` writes it.")
    private Path labels;

    @Option(names = "--label", paramLabel = "FIELD", description = "The field that holds the truth.")
    private String label;

    @Option(
            names = "--normal",
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
        if (labels == null) {
            return evaluateData();
        }
        if (data != null || label != null || normal != null || out != null) {
            throw misused(
                    "--labels has the records and what they are; it goes without --data, --label, --normal and --out");
        }
        return evaluateFeedback();
    }

    private Integer evaluateFeedback() {
        Collection<Labelled> feedback = LabelsFile.read(labels);
        try (ScoringModel model = ScoringModel.open(modelFile)) {
            Judge judge = Judge.of(model.card(), alarmRate);
            FeedbackEvaluation evaluation = FeedbackEvaluation.of(model, judge, feedback);
            if (evaluation.confirmed().all() + evaluation.falseAlarms().all() == 0) {
                throw new DataException(labels + ": none of its " + feedback.size()
                        + " labels has a record that can be scored; `export` adds the records to the labels");
            }
            PrintWriter screen = command.commandLine().getOut();
            screen.print(evaluation.table(judge.rule()));
            screen.flush();
        }
        return 0;
    }

    private CommandLine.ParameterException misused(String why) {
        return new CommandLine.ParameterException(command.commandLine(), why);
    }

    private Integer evaluateData() throws IOException {
        if (data == null || label == null || normal == null) {
            throw misused("evaluation takes --data=FILE, --label=FIELD and --normal=VALUE, or --labels=FILE");
        }
        PrintWriter screen = command.commandLine().getOut();
        Evaluation evaluation = new Evaluation(normal);
        try (ScoringModel model = ScoringModel.open(modelFile);
                ScoresFile scores = out == null ? null : ScoresFile.create(out, List.of(label), screen)) {
            Judge judge = Judge.of(model.card(), alarmRate);
            try (Progress progress =
                    Progress.start("scoring", Files.isRegularFile(data) ? Files.size(data) : 0, "bytes")) {
                new FileScorer(model, judge)
                        .score(
                                data,
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
            throw new DataException(data + ": no scored record has '" + normal + "' as its '" + label + "'"
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
