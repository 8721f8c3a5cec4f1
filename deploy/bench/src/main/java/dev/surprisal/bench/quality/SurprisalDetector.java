package dev.surprisal.bench.quality;

import dev.surprisal.engine.ScoringModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** What this project is about, beside the yardsticks. */
final class SurprisalDetector implements Detector {

    @Override
    public String name() {
        return "surprisal";
    }

    @Override
    public Scores score(Protocol.Split split, long seed, Path folder) throws IOException {
        long start = System.nanoTime();
        try (ScoringModel model = Surprisal.fit(split, UnaryOperator.identity(), seed, folder)) {
            double fitSeconds = (System.nanoTime() - start) / 1e9;
            return new Scores(Surprisal.scores(model, split.test(), folder), fitSeconds);
        }
    }
}
