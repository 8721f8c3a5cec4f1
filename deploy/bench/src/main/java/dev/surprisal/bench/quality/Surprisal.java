package dev.surprisal.bench.quality;

import dev.surprisal.engine.Judge;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.trainer.Training;
import dev.surprisal.trainer.data.SpecDraft;
import dev.surprisal.trainer.data.TrainingData.Selection;
import dev.surprisal.trainer.evaluation.FileScorer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.UnaryOperator;

/** Surprisal as its users run it on files: describe, train and score, with nothing set but the seed. */
public final class Surprisal {

    private Surprisal() {}

    /**
     * Describes and trains.
     *
     * @param edit what a user changes in the spec
     * @param folder for the files; its owner deletes it
     * @return the model, to be closed
     */
    static ScoringModel fit(Protocol.Split split, UnaryOperator<RecordSpec> edit, long seed, Path folder)
            throws IOException {
        Path training = folder.resolve("training.csv");
        if (split.labelled()) {
            split.training().writeLabelled(training);
        } else {
            split.training().write(training);
        }
        String label = split.labelled() ? LabelledTable.LABEL : null;
        return fit(training, label, edit, seed, folder.resolve("model.onnx"));
    }

    /**
     * Describes and trains.
     *
     * @param training a CSV file of normal rows without labels
     * @param file the model file to write
     * @return the model, to be closed
     */
    public static ScoringModel fit(Path training, long seed, Path file) throws IOException {
        return fit(training, null, UnaryOperator.identity(), seed, file);
    }

    private static ScoringModel fit(Path training, String label, UnaryOperator<RecordSpec> edit, long seed, Path file)
            throws IOException {
        RecordSpec spec = SpecFile.parse(
                SpecDraft.of(training, "bench", label, position -> {}).toYaml(), "the spec of " + training);
        return fit(
                training,
                edit.apply(spec),
                label == null ? Selection.ALL : new Selection(label, "0", 0, true),
                seed,
                file);
    }

    /**
     * Trains.
     *
     * @param training a file of normal records
     * @param file the model file to write
     * @return the model, to be closed
     */
    public static ScoringModel fit(Path training, RecordSpec spec, long seed, Path file) throws IOException {
        return fit(training, spec, Selection.ALL, seed, file);
    }

    private static ScoringModel fit(Path training, RecordSpec spec, Selection selection, long seed, Path file)
            throws IOException {
        new Training(Clock.systemUTC())
                .run(new Training.Request(spec, training, selection, file, seed, null), Training.Listener.SILENT);
        return ScoringModel.open(file);
    }

    /** The scores of a table's rows, in their order: the greater, the more anomalous. */
    static double[] scores(ScoringModel model, LabelledTable table, Path folder) throws IOException {
        Path file = folder.resolve("test.csv");
        table.write(file);
        double[] scores = new double[table.size()];
        int[] at = new int[1];
        new FileScorer(model, Judge.of(model.card(), null))
                .score(
                        file,
                        List.of(),
                        record -> {
                            if (record.verdict() == null) {
                                throw new SurprisalException(
                                        file + ": row " + (at[0] + 1) + " could not be scored: " + record.error());
                            }
                            scores[at[0]++] = record.verdict().score();
                        },
                        bytes -> {});
        return scores;
    }
}
