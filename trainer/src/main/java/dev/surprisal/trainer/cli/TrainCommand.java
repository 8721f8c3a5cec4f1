package dev.surprisal.trainer.cli;

import dev.surprisal.engine.Judge;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.launcher.Interruptible;
import dev.surprisal.launcher.Verbosity;
import dev.surprisal.schemas.event.Label.Labelled;
import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.trainer.Training;
import dev.surprisal.trainer.calibration.Guarantee;
import dev.surprisal.trainer.data.LabelsFile;
import dev.surprisal.trainer.data.TrainingData.Selection;
import dev.surprisal.trainer.evaluation.FeedbackEvaluation;
import dev.surprisal.trainer.vae.LatentUnits;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fits a model to a file of records. */
@Command(
        name = "train",
        sortOptions = false,
        description = {
            "Fits a variational autoencoder to the records of a file and writes it as one ONNX file, calibrated on a tenth of them (a fifth of those beyond 10,000) that the fit does not see.",
            "",
            "Most of the records should be normal. The same data, spec and seed give the same model.",
            "",
            "A page beside the model, MODEL without .onnx and with .html, shows the run: the fit, scores, fields, latent map, settings and timings.",
            "",
            "There may be more records than memory holds: beyond 64 MiB, their rows go to a temporary file, as 4 bytes a number or category. An interrupted fit can be resumed, and then gives the same model as one that was left alone.",
            "",
            "Examples:",
            "  surprisal train --spec payments.yaml --data payments.csv --out payments.onnx",
            "  zstdcat payments.csv.zst | surprisal train --spec payments.yaml --data - --out payments.onnx",
            ""
        })
final class TrainCommand implements Callable<Integer>, Interruptible {

    @Option(
            names = "--spec",
            required = true,
            paramLabel = "SPEC",
            description = "The record spec, as `describe` writes it.")
    private Path spec;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "FILE",
            converter = RecordsPath.class,
            description =
                    "The records: CSV, JSON lines, Avro or Parquet; text plain or gzip; - is standard input, which cannot be Avro or Parquet.")
    private Path data;

    @Option(names = "--out", required = true, paramLabel = "MODEL", description = "The model file to write.")
    private Path out;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of all randomness. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "0",
            description = "Take the first N records only. Default: all.")
    private long rows;

    @Option(
            names = "--alarm-rate",
            paramLabel = "RATE",
            description =
                    "The share of normal records that may be flagged, such as 1/1000. Default: 1/1000, or the finest usual rate that the held-out records can tell.")
    private AlarmRate alarmRate;

    @Option(
            names = "--ensemble",
            paramLabel = "K",
            defaultValue = "1",
            description =
                    "Fit K networks, each with a seed of its own, and put them into the model together: their mixture scores more steadily, at K times the cost. Default: ${DEFAULT-VALUE}.")
    private int ensemble;

    @Option(
            names = "--beta",
            paramLabel = "WEIGHT",
            defaultValue = "1",
            description =
                    "Weight of the divergence between posterior and prior. Less than 1 helps where few latent units are active; what is fitted is then no longer a bound on log p(x), though scores still are. Default: ${DEFAULT-VALUE}.")
    private double beta;

    @Option(
            names = "--time-budget",
            paramLabel = "TIME",
            description =
                    "The time that the fit may take, such as 90s, 10m or 1h: it ends in time and fully annealed, with fewer steps if need be. Such a model cannot be reproduced bit for bit. Default: as long as its steps take.")
    private Duration timeBudget;

    @Option(
            names = "--resume",
            description =
                    "Go on from MODEL.checkpoint, which an interrupted run left; it has to be of the same data, spec and options.")
    private boolean resume;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "TIME",
            defaultValue = "60s",
            description =
                    "How often MODEL.checkpoint is written during the fit; it is deleted once the model is written. Default: ${DEFAULT-VALUE}.")
    private Duration checkpointEvery;

    @Option(
            names = "--write-on-interrupt",
            description =
                    "On Ctrl-C or SIGTERM during the fit, write the model as it is by then, instead of a checkpoint only.")
    private boolean writeOnInterrupt;

    @Option(
            names = "--temp",
            paramLabel = "DIR",
            description = "The folder of the temporary file, which has no name there. Default: that of MODEL.")
    private Path temporary;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description =
                    "What people say of records, as `export` writes it: confirmed anomalies are left out of the data and used to tell how well the model finds them, false alarms count as normal. The data have to be of `export`, too.")
    private Path labels;

    @ArgGroup(exclusive = false)
    private Label label;

    @Mixin
    private DeviceOption device;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    /** Which records are known to be normal. */
    static final class Label {
        @Option(
                names = "--label",
                required = true,
                paramLabel = "FIELD",
                description = "Take only records that this field calls normal. The model does not look at the field.")
        private String field;

        @Option(
                names = "--normal",
                required = true,
                paramLabel = "VALUE",
                description = "What the label says of normal records.")
        private String normal;

        @Option(
                names = "--known-anomalies",
                description =
                        "Learn from the records that the label calls something else, too: as examples of what is to be improbable. Records without a label then count as normal.")
        private boolean knownAnomalies;
    }

    @Override
    public Integer call() {
        if (rows < 0) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--rows takes a number of records, not " + rows);
        }
        if (ensemble < 1) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--ensemble takes a number of networks from 1 on, not " + ensemble);
        }
        if (!(beta >= 0 && beta < Double.POSITIVE_INFINITY)) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--beta takes a number from 0 on, such as 0.5, not " + beta);
        }
        RecordSpec fields = SpecFile.read(spec);
        if (label != null) {
            fields = fields.ignoring(label.field);
        }
        Selection selection = label == null
                ? new Selection(null, null, rows)
                : new Selection(label.field, label.normal, rows, label.knownAnomalies);
        Collection<Labelled> feedback = labels == null ? List.of() : LabelsFile.read(labels);
        Path report = reportOf(out);
        Training.Options options =
                new Training.Options(temporary, checkpointEvery, resume, writeOnInterrupt, timeBudget, report);
        ModelCard card;
        try (ProgressListener listener = new ProgressListener()) {
            device.choose(listener);
            card = new Training(Clock.systemUTC())
                    .run(
                            new Training.Request(
                                    fields, data, selection.with(feedback), out, seed, alarmRate, ensemble, beta),
                            options,
                            listener);
        }
        report(card, report);
        if (!feedback.isEmpty()) {
            reportFeedback(feedback);
        }
        return 0;
    }

    private void reportFeedback(Collection<Labelled> feedback) {
        var screen = command.commandLine().getOut();
        try (ScoringModel model = ScoringModel.open(out)) {
            Judge judge = Judge.of(model.card(), null);
            screen.print(FeedbackEvaluation.of(model, judge, feedback).table(judge.rule()));
        }
        screen.flush();
    }

    /** Beside the model: payments.html of payments.onnx. */
    private static Path reportOf(Path model) {
        String name = model.getFileName().toString();
        return model.resolveSibling(
                (name.endsWith(".onnx") ? name.substring(0, name.length() - ".onnx".length()) : name) + ".html");
    }

    private void report(ModelCard card, Path page) {
        var screen = command.commandLine().getOut();
        screen.printf(
                Locale.ROOT,
                "%s: model '%s', version %s, fitted to %d records and calibrated on %d in %.1f s%n",
                out,
                card.name(),
                card.version(),
                card.provenance().trainingRows(),
                card.provenance().calibrationRows(),
                card.provenance().seconds());
        screen.printf(
                Locale.ROOT,
                "The graph and the trainer agree within %.1e nats. Alarm rate %s.%n",
                card.metrics().get("parity_error_nats"),
                card.alarmRate());
        reportUnits(screen, card.metrics());
        screen.println(Guarantee.of(card.calibration(), card.alarmRate()));
        screen.printf("Report: %s%n", page);
        screen.printf("Next: surprisal score --model %s --data FILE --out scores.csv%n", out);
        screen.flush();
    }

    private static void reportUnits(PrintWriter screen, Map<String, Double> metrics) {
        int active = metrics.get("active_latent_units").intValue();
        int units = metrics.get("latent_units").intValue();
        screen.printf("%d of %d latent units active.%n", active, units);
        if (LatentUnits.haveCollapsed(active, units)) {
            screen.println(
                    "Warning: the posterior has collapsed, so each field is scored by itself, not how fields go together; where they have something in common, train with a smaller --beta, such as 0.5, or on more records.");
        }
    }
}
