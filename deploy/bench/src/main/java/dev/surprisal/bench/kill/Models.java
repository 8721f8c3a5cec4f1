package dev.surprisal.bench.kill;

import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.trainer.Training;
import dev.surprisal.trainer.data.TrainingData.Selection;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** Models of numbered records. */
public final class Models {

    private static final int ROWS = 4_000;
    private static final Duration BUDGET = Duration.ofSeconds(5);

    private Models() {}

    /** Trains one for a few seconds, and writes it into a file. */
    public static ModelCard train(Path folder, Path out, long seed) throws IOException {
        Path data = folder.resolve("training.jsonl");
        try (BufferedWriter lines = Files.newBufferedWriter(data)) {
            for (int i = 0; i < ROWS; i++) {
                lines.write(NumberedRecords.good(-1 - i));
                lines.newLine();
            }
        }
        return new Training(Clock.systemUTC())
                .run(
                        new Training.Request(NumberedRecords.spec(), data, Selection.ALL, out, seed, null),
                        new Training.Options(null, null, false, false, BUDGET),
                        Training.Listener.SILENT);
    }
}
