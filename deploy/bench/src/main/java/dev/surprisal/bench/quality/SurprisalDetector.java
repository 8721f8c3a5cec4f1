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

/** Surprisal as its users run it: describe, train and score, with nothing set but the seed. */
final class SurprisalDetector implements Detector {

    @Override
    public String name() {
        return "surprisal";
    }

    @Override
    public Scores score(Protocol.Split split, long seed, Path folder) throws IOException {
        Path training = folder.resolve("training.csv");
        Path test = folder.resolve("test.csv");
        Path file = folder.resolve("model.onnx");
        if (split.labelled()) {
            split.training().writeLabelled(training);
        } else {
            split.training().write(training);
        }
        split.test().write(test);
        long start = System.nanoTime();
        RecordSpec spec = SpecFile.parse(
                SpecDraft.of(training, "bench", split.labelled() ? LabelledTable.LABEL : null, position -> {})
                        .toYaml(),
                "the spec of " + training);
        Selection selection = split.labelled() ? new Selection(LabelledTable.LABEL, "0", 0, true) : Selection.ALL;
        new Training(Clock.systemUTC())
                .run(new Training.Request(spec, training, selection, file, seed, null), new Silent());
        double fitSeconds = (System.nanoTime() - start) / 1e9;
        double[] scores = new double[split.test().size()];
        int[] at = new int[1];
        try (ScoringModel model = ScoringModel.open(file)) {
            new FileScorer(model, Judge.of(model.card(), null))
                    .score(
                            test,
                            List.of(),
                            record -> {
                                if (record.verdict() == null) {
                                    throw new SurprisalException(
                                            test + ": row " + (at[0] + 1) + " could not be scored: " + record.error());
                                }
                                scores[at[0]++] = record.verdict().score();
                            },
                            bytes -> {});
        }
        return new Scores(scores, fitSeconds);
    }

    private static final class Silent implements Training.Listener {
        @Override
        public void begins(String phase, long steps, String unit) {}

        @Override
        public void at(long step, String figure) {}
    }
}
