package dev.surprisal.trainer;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.launcher.WholeFile;
import dev.surprisal.schemas.event.RecordCoordinates;
import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.FirstLook;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.ModelCardJson;
import dev.surprisal.schemas.model.ModelPlots;
import dev.surprisal.schemas.record.Field;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.Likelihood;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.trainer.calibration.Calibrator;
import dev.surprisal.trainer.calibration.FirstLookCalibrator;
import dev.surprisal.trainer.data.Complement;
import dev.surprisal.trainer.data.DataException;
import dev.surprisal.trainer.data.Draw;
import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.data.Novel;
import dev.surprisal.trainer.data.OddColumns;
import dev.surprisal.trainer.data.RandomSubset;
import dev.surprisal.trainer.data.RowStore.Overflow;
import dev.surprisal.trainer.data.Rows;
import dev.surprisal.trainer.data.TrainingData;
import dev.surprisal.trainer.export.LatentNoise;
import dev.surprisal.trainer.export.OnnxExporter;
import dev.surprisal.trainer.vae.Columns;
import dev.surprisal.trainer.vae.Columns.Categorical;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import dev.surprisal.trainer.vae.Fitted;
import dev.surprisal.trainer.vae.LatentUnits;
import dev.surprisal.trainer.vae.TrainedVae;
import dev.surprisal.trainer.vae.VaeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * One training run: reads records, holds some out, fits a variational autoencoder to the rest, exports it, checks the export against the trainer's own arithmetic, calibrates it on the
 * held-out ones, and writes the model file.
 */
public final class Training {

    private static final double HELD_OUT = 0.2;
    /** Of the first records only a tenth: a fit to few feels each that it does not see (0.6 points of average precision on 26 tables). */
    private static final double HELD_OUT_OF_FIRST = 0.1;

    private static final int FIRST = 10_000;
    private static final int MOST_HELD_OUT = 50_000;
    private static final long MOST_HELD_OUT_BYTES = 64L << 20;
    private static final int FEWEST_RECORDS = 20;

    private final Clock clock;

    public Training(Clock clock) {
        this.clock = clock;
    }

    /**
     * What to train.
     *
     * @param spec the records' fields
     * @param data the file of records
     * @param selection which of them
     * @param out the model file to write
     * @param seed of all randomness; the same data, spec and seed give the same model
     * @param alarmRate for the model's card; null = what the calibration can tell
     * @param ensemble how many autoencoders to fit, with seeds of their own, and to put into the model together
     * @param beta weight of the divergence; 1 = that of the evidence lower bound
     */
    public record Request(
            RecordSpec spec,
            Path data,
            TrainingData.Selection selection,
            Path out,
            long seed,
            AlarmRate alarmRate,
            int ensemble,
            double beta) {

        /** A model of one autoencoder that climbs the evidence lower bound. */
        public Request(
                RecordSpec spec,
                Path data,
                TrainingData.Selection selection,
                Path out,
                long seed,
                AlarmRate alarmRate) {
            this(spec, data, selection, out, seed, alarmRate, 1, 1);
        }
    }

    /**
     * How to train it.
     *
     * @param temporary the folder for rows that do not fit into memory; null = that of the model, for many a temporary folder is itself in memory
     * @param checkpointEvery how often a checkpoint is written, and that one is when the run is interrupted; null = never
     * @param resume whether to go on from a checkpoint if there is one
     * @param writeOnInterrupt whether an interrupt ends the fit only, so that its model is written as it is
     * @param timeBudget the time in which the fit ends; null = the time that its steps take
     * @param report the page to write about the run; null = none
     */
    public record Options(
            Path temporary,
            Duration checkpointEvery,
            boolean resume,
            boolean writeOnInterrupt,
            Duration timeBudget,
            Path report) {
        /** All at once, and nothing left behind. */
        public static final Options NONE = new Options(null, null, false, false, null);

        /** Without a report. */
        public Options(
                Path temporary,
                Duration checkpointEvery,
                boolean resume,
                boolean writeOnInterrupt,
                Duration timeBudget) {
            this(temporary, checkpointEvery, resume, writeOnInterrupt, timeBudget, null);
        }
    }

    /** Hears how a run goes on. */
    public interface Listener {

        /** Who does not want to know. */
        Listener SILENT = new Listener() {
            @Override
            public void begins(String phase, long steps, String unit) {}

            @Override
            public void at(long step, String figure) {}
        };

        /** A phase begins, of so many steps. */
        void begins(String phase, long steps, String unit);

        /** So many of the phase's steps are done; what there is to say of them, or "". */
        void at(long step, String figure);

        /** There is something to say, in a sentence. */
        default void says(String sentence) {}
    }

    /** Runs without leaving anything behind but the model. */
    public ModelCard run(Request request, Listener listener) {
        return run(request, Options.NONE, listener);
    }

    /**
     * Runs.
     *
     * @return the card of the model that was written
     * @throws dev.surprisal.schemas.SurprisalException if the data, the fit or the file do not allow it; then no model was written
     * @throws java.util.concurrent.CancellationException if the thread is interrupted; then neither
     */
    public ModelCard run(Request request, Options options, Listener whoListens) {
        Instant start = clock.instant();
        checkWritable(request.out());
        RunReport report = new RunReport(options.report(), clock, whoListens);
        Listener listener = report.listener();
        ResumableFit fit = new ResumableFit(request, options, clock, listener, report.curve());
        listener.begins("reading", size(request.data()), "bytes");
        try (TrainingData data = TrainingData.read(
                request.data(),
                request.spec(),
                request.selection(),
                new Overflow(
                        options.temporary() == null
                                ? request.out().toAbsolutePath().getParent()
                                : options.temporary(),
                        TrainingData.BYTES_IN_MEMORY),
                position -> listener.at(position, ""))) {
            return run(request, fit, data, start, report);
        }
    }

    private ModelCard run(Request request, ResumableFit fit, TrainingData data, Instant start, RunReport report) {
        Listener listener = report.listener();
        if (data.rows().count() < FEWEST_RECORDS) {
            throw new DataException(request.data() + ": " + data.rows().count()
                    + " records are too few to train and calibrate a model; give it at least " + FEWEST_RECORDS
                    + ", better thousands");
        }
        tellOfFeedback(request.selection(), data.leftOut(), listener);
        OddColumns odd = OddColumns.among(data.rows(), request.spec());
        if (odd.allMissing()) {
            throw new DataException(
                    request.data() + ": no record holds a value of any field, so there is nothing to learn");
        }
        odd.warnings().forEach(listener::says);
        long[] others = heldOut(data.rows(), request.seed());
        EncodedRows heldOut = data.rows().select(others);
        Rows fitted = new Complement(data.rows(), others);

        VaeConfig complete = VaeConfig.defaults((int) Math.min(Integer.MAX_VALUE, fitted.count()), request.seed())
                .withBeta(request.beta());
        boolean optional = request.spec().fields().stream().anyMatch(Field::optional);
        VaeConfig config = optional ? complete.forMissingValues() : complete;
        List<Fitted> result =
                fit.fit(data, fitted, Novel.among(heldOut, fitted), columns(request.spec(), data), config);
        List<TrainedVae> members = result.stream().map(Fitted::vae).toList();
        LatentUnits units = LatentUnits.of(members, heldOut);
        listener.begins("choosing the number of samples", 1, "choice");
        SampleCount samples = SampleCount.choose(members, heldOut);
        float[][] noise = LatentNoise.of(samples.samples(), config.latent());
        byte[] graph = OnnxExporter.export(members, noise);
        byte[] look = OnnxExporter.exportFirstLook(members);
        CardDraft draft = new CardDraft(request, data, heldOut.size(), config, result, samples);
        Calibration calibration;
        FirstLook firstLook;
        double disagreement;
        try (ScoringModel model = ScoringModel.openGraphs(graph, look, draft.uncalibrated())) {
            listener.begins("checking the export", 1, "graph");
            disagreement = ParityCheck.of(members, noise, model, fitted, request.seed());
            listener.begins("calibrating", heldOut.size(), "records");
            calibration = Calibrator.calibrate(
                    model, model.card().score(), heldOut, done -> listener.at(done, ""), listener::says);
            firstLook = FirstLookCalibrator.calibrate(model, model.card().score(), calibration, heldOut);
            report.look(model, members.get(0), heldOut);
        }
        AlarmRate alarmRate =
                request.alarmRate() == null ? Calibrator.usualAlarmRate(calibration) : request.alarmRate();
        ModelCard card = draft.calibrated(
                calibration,
                firstLook,
                alarmRate,
                graph,
                start,
                clock.instant(),
                Map.of(
                        "parity_error_nats",
                        disagreement,
                        "held_out_median_score",
                        calibration.body()[Calibration.BODY / 2],
                        "sampling_error_nats",
                        samples.elboError(),
                        "sampling_error_log_likelihood_nats",
                        samples.logLikelihoodError(),
                        "held_out_spread_nats",
                        samples.spread(),
                        "latent_units",
                        (double) units.count(),
                        "active_latent_units",
                        (double) units.active()));
        WholeFile.write(
                request.out(),
                OnnxExporter.withMetadata(
                        graph,
                        Map.of(
                                ModelCard.METADATA_KEY,
                                ModelCardJson.write(card),
                                ModelPlots.METADATA_KEY,
                                report.plots().toJson(),
                                ModelCard.FIRST_LOOK_KEY,
                                Base64.getEncoder().encodeToString(look))));
        fit.finish();
        report.write(request.data(), card);
        return card;
    }

    private static void tellOfFeedback(TrainingData.Selection selection, long leftOut, Listener listener) {
        int confirmed = selection.confirmed().size();
        if (leftOut > 0) {
            listener.says(leftOut + " records are confirmed to be anomalies and were left out.");
        } else if (confirmed > 0) {
            listener.says("None of the " + confirmed
                    + " confirmed anomalies is among the records; they are told by '" + RecordCoordinates.FIELD
                    + "', which `export` adds to each record.");
        }
    }

    /** Before minutes of work, not after. */
    private static void checkWritable(Path out) {
        try (WholeFile probe = WholeFile.at(out)) {
            // Closed without being completed, it leaves nothing behind.
        } catch (IOException e) {
            throw new DataException(out + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** 0 if it is unknown, such as that of a pipe. */
    private static long size(Path data) {
        try {
            return Files.isRegularFile(data) ? Files.size(data) : 0;
        } catch (IOException e) {
            return 0; // The reader will say what is wrong with it.
        }
    }

    /** Which records are held out: a tenth of ten thousand and a fifth of those beyond, as far as memory takes them. */
    private static long[] heldOut(Rows rows, long seed) {
        long most = Math.min(MOST_HELD_OUT, Math.max(FEWEST_RECORDS, MOST_HELD_OUT_BYTES / rows.bytesPerRow()));
        long first = Math.min(FIRST, rows.count());
        double wanted = HELD_OUT_OF_FIRST * first + HELD_OUT * (rows.count() - first);
        int count = (int) Math.min(most, Math.max(1, Math.round(wanted)));
        return RandomSubset.of(rows.count(), count, Draw.HELD_OUT.seed(seed, 0));
    }

    private static Columns columns(RecordSpec spec, TrainingData data) {
        List<NumberLikelihood> numbers = spec.numberColumns().stream()
                .map(column -> likelihood(column.field()))
                .toList();
        List<Categorical> categories = new ArrayList<>();
        for (int column = 0; column < data.vocabularies().size(); column++) {
            categories.add(
                    new Categorical(data.vocabularies().get(column).values().size(), data.unseenProbability()[column]));
        }
        return new Columns(numbers, categories);
    }

    private static NumberLikelihood likelihood(Field field) {
        if (field.type() == FieldType.BOOLEAN) {
            return NumberLikelihood.BERNOULLI;
        }
        Likelihood likelihood = field.likelihood() == null ? Likelihood.STUDENT_T : field.likelihood();
        return switch (likelihood) {
            case STUDENT_T -> NumberLikelihood.STUDENT_T;
            case GAUSSIAN -> NumberLikelihood.GAUSSIAN;
            case HETEROSCEDASTIC -> NumberLikelihood.HETEROSCEDASTIC;
            case NEGATIVE_BINOMIAL -> NumberLikelihood.NEGATIVE_BINOMIAL;
        };
    }
}
