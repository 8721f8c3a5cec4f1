package dev.surprisal.retraining;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.launcher.Folders;
import dev.surprisal.launcher.WholeFile;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Label;
import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.scorer.drift.DriftTopic;
import dev.surprisal.scorer.feedback.JoinedLabels;
import dev.surprisal.scorer.feedback.RecordWindow;
import dev.surprisal.scorer.model.Ed25519;
import dev.surprisal.scorer.model.ModelInspection;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.trainer.Training;
import dev.surprisal.trainer.data.LabelsFile;
import dev.surprisal.trainer.data.TrainingData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.stream.Collectors;

/**
 * One retraining: reads a window of a pipeline's topic, trains a challenger on it, compares it with the champion, and publishes it if it passes the gate.
 *
 * <p>The same window, labels, seed and champion give the same challenger, and a version that was published before, be it rolled back since, is not published again: so it may be run twice.
 */
final class Retraining {

    /** Fewer held-out records tell nothing, and fewer to train on make no model. */
    private static final int FEWEST = 100;

    private static final String PREFIX = "surprisal-retrain";

    private final Pipeline pipeline;
    private final Options options;
    private final Clock clock;
    private final ModelStore store;

    Retraining(Pipeline pipeline, Options options, Clock clock) {
        this.pipeline = pipeline;
        this.options = options;
        this.clock = clock;
        store = ModelStore.of(pipeline, clock);
    }

    /**
     * How to retrain.
     *
     * @param window what to train on
     * @param seed of all randomness
     * @param tolerance by how many nats held-out records may become less probable on average
     * @param fewestRecords on how many records a challenger has to have been trained; 0 = half of the champion's
     * @param ifDrifted whether to do nothing unless drift is a reason to
     * @param dry whether to publish nothing
     * @param asShadow whether to publish it as the shadow of the champion
     * @param sign an Ed25519 private key in PEM; null for none
     * @param keep where to keep the challenger's file; null = nowhere
     * @param temporary the folder for the window's records while it runs; null = the system's
     */
    record Options(
            RecordWindow.Request window,
            long seed,
            double tolerance,
            long fewestRecords,
            boolean ifDrifted,
            boolean dry,
            boolean asShadow,
            Path sign,
            Path keep,
            Path temporary) {}

    /** What a run has found out before the gate. */
    private record Found(
            byte[] champion,
            ModelCard card,
            AlarmRate rate,
            NavigableSet<String> drifted,
            RecordWindow window,
            JoinedLabels labels,
            WindowSplit split) {}

    /**
     * Retrains.
     *
     * @throws SurprisalException if there is no champion, Kafka refuses or does not answer, or training fails; then nothing was published
     */
    Verdict run(Training.Listener listener) throws IOException {
        if (pipeline.model().publicKey() != null && options.sign() == null && !options.dry()) {
            throw new SurprisalException("the scorers of '" + pipeline.name()
                    + "' take signed models only; say with --sign which private key to sign with");
        }
        byte[] champion = store.champion();
        ModelCard card;
        try (ScoringModel model = ScoringModel.open(champion, store.where())) {
            card = model.card();
        }
        AlarmRate rate = pipeline.alarmRate() instanceof AlarmRate set ? set : card.alarmRate();
        NavigableSet<String> drifted =
                DriftTopic.retrainBecauseOf(pipeline.kafka(), pipeline.topics().drift(), card.version());
        if (options.ifDrifted() && drifted.isEmpty()) {
            return Verdict.notDrifted(pipeline.name(), pipeline.topic(), options.seed(), rate.value(), card.version());
        }
        JoinedLabels labels = JoinedLabels.read(pipeline.kafka(), pipeline.topics(), pipeline::reads);
        RecordWindow window = RecordWindow.find(pipeline.kafka(), options.window());
        Path folder = options.temporary() == null
                ? Files.createTempDirectory(PREFIX)
                : Files.createTempDirectory(options.temporary(), PREFIX);
        try {
            WindowSplit split = WindowSplit.read(
                    window,
                    card,
                    LabelsFile.records(labels.labels(), Label.Verdict.CONFIRMED),
                    options.seed(),
                    folder.resolve("records.jsonl"));
            return judge(new Found(champion, card, rate, drifted, window, labels, split), folder, listener);
        } finally {
            Folders.delete(folder);
        }
    }

    private Verdict judge(Found found, Path folder, Training.Listener listener) throws IOException {
        WindowSplit split = found.split;
        long fewest = options.fewestRecords() > 0
                ? options.fewestRecords()
                : (found.card.provenance().trainingRows()
                                + found.card.provenance().calibrationRows())
                        / 2;
        if (split.fitted() < Math.max(fewest, FEWEST) || split.heldOut().size() < PairedComparison.FEWEST) {
            Criterion records = new Criterion(
                    "records",
                    false,
                    String.format(
                            Locale.ROOT,
                            "the window has %,d records to train on and %,d to compare the models on; it takes at least %,d and %,d",
                            split.fitted(),
                            split.heldOut().size(),
                            Math.max(fewest, FEWEST),
                            PairedComparison.FEWEST));
            return verdict(
                    found,
                    null,
                    Verdict.Decision.REFUSED,
                    "Refused: " + records.sentence() + ". Nothing was trained or published.",
                    List.of(records));
        }
        byte[] challenger = train(found, folder, listener);
        String version = check(found, challenger);
        if (options.keep() != null) {
            WholeFile.write(options.keep(), challenger);
        }
        if (version.equals(found.card.version()) || store.holds(version)) {
            return verdict(
                    found,
                    version,
                    Verdict.Decision.NOTHING_NEW,
                    "Nothing new: version " + version + " was published before, and is not published again.",
                    List.of());
        }
        return judge(found, challenger, version, fewest);
    }

    private Verdict judge(Found found, byte[] challenger, String version, long fewest) {
        List<byte[]> heldOut = found.split.heldOut();
        var labels = found.labels.labels();
        List<Criterion> criteria = new Gate(found.rate.value(), options.tolerance(), fewest)
                .judge(
                        Candidate.of(found.champion, store.where(), found.rate, heldOut, labels),
                        Candidate.of(challenger, "the challenger", found.rate, heldOut, labels));
        String failed = criteria.stream()
                .filter(criterion -> !criterion.passed())
                .map(Criterion::name)
                .collect(Collectors.joining(", "));
        if (!failed.isEmpty()) {
            return verdict(
                    found,
                    version,
                    Verdict.Decision.REFUSED,
                    "Refused: version " + version + " fails by " + failed + "; version " + found.card.version()
                            + " goes on.",
                    criteria);
        }
        String place = options.asShadow() ? " as the shadow of " : " in the place of ";
        if (options.dry()) {
            return verdict(
                    found,
                    version,
                    Verdict.Decision.PASSED,
                    "Passed: version " + version + " would be published to " + store.where() + place
                            + found.card.version() + "; this was a dry run.",
                    criteria);
        }
        if (!Arrays.equals(found.champion, store.champion())) {
            return verdict(
                    found,
                    version,
                    Verdict.Decision.REFUSED,
                    "Refused: version " + found.card.version() + ", with which version " + version
                            + " was compared, has been replaced in the meantime; run it again.",
                    criteria);
        }
        byte[] signature = options.sign() == null
                ? null
                : Ed25519.readPrivate(options.sign()).sign(challenger);
        store.publish(found.card.name(), version, challenger, signature, options.asShadow());
        return verdict(
                found,
                version,
                Verdict.Decision.PUBLISHED,
                "Published: version " + version + " to " + store.where() + place + found.card.version() + ".",
                criteria);
    }

    /** As the champion was trained, but on other records. */
    private byte[] train(Found found, Path folder, Training.Listener listener) throws IOException {
        Map<String, String> configuration = found.card.provenance().configuration();
        Path out = folder.resolve("challenger.onnx");
        new Training(clock)
                .run(
                        new Training.Request(
                                found.card.spec(),
                                folder.resolve("records.jsonl"),
                                TrainingData.Selection.ALL,
                                out,
                                options.seed(),
                                found.card.alarmRate(),
                                Integer.parseInt(configuration.getOrDefault("ensemble", "1")),
                                Double.parseDouble(configuration.getOrDefault("beta", "1"))),
                        listener);
        return Files.readAllBytes(out);
    }

    /** What scorers will ask of it, before they do. */
    private static String check(Found found, byte[] challenger) {
        try (ScoringModel opened = new ModelInspection(null)
                .open(challenger, found.card.name(), null, "the challenger", found.split.heldOut())) {
            return opened.card().version();
        }
    }

    private Verdict verdict(
            Found found, String challenger, Verdict.Decision decision, String reason, List<Criterion> criteria) {
        return new Verdict(
                decision,
                reason,
                pipeline.name(),
                pipeline.topic(),
                found.window.ranges(),
                options.seed(),
                found.rate.value(),
                found.card.version(),
                challenger,
                found.split.fitted(),
                found.split.heldOut().size(),
                found.split.leftOut(),
                found.split.unscored(),
                found.labels.lookUp().found(),
                remarks(found),
                criteria);
    }

    private static List<String> remarks(Found found) {
        List<String> remarks = new ArrayList<>();
        if (!found.drifted.isEmpty()) {
            remarks.add("drifted from what version " + found.card.version() + " was trained on: "
                    + String.join(", ", found.drifted));
        }
        remarks.addAll(found.labels.remarks());
        return remarks;
    }
}
