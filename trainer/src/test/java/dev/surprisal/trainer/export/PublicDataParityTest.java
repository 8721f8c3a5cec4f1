package dev.surprisal.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.trainer.SharedData;
import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.data.SpecDraft;
import dev.surprisal.trainer.data.TrainingData;
import dev.surprisal.trainer.vae.Columns;
import dev.surprisal.trainer.vae.Columns.Categorical;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import dev.surprisal.trainer.vae.TrainedVae;
import dev.surprisal.trainer.vae.VaeConfig;
import dev.surprisal.trainer.vae.VaeScores;
import dev.surprisal.trainer.vae.VaeTrainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every output of the graph of an ensemble, on 10,000 records of network connections, attacks among them; every second one with missing values. */
class PublicDataParityTest {

    private static final int ROWS = 10_000;

    @Test
    void theGraphAgreesWithTheTrainerOnNetworkConnections() throws Exception {
        Path file = SharedData.file("kdd99/kddcup.data_10_percent.csv.gz");
        EncodedRows rows;
        Columns columns;
        try (TrainingData data = read(file)) {
            rows = data.rows().select(IntStream.range(0, ROWS).asLongStream().toArray());
            columns = columns(data);
        }
        VaeConfig config = new VaeConfig(8, List.of(64, 64), 32, 256, 500, 5e-3, 0, 0.5, 1);
        List<TrainedVae> members = List.of(fit(rows, columns, config), fit(rows, columns, config.withSeed(2)));
        float[][] noise = LatentNoise.of(16, 8);
        EncodedRows gaps = withGaps(rows);

        try (ExportedModel model = new ExportedModel(OnnxExporter.export(members, noise))) {
            new Parity(VaeScores.of(members, noise, gaps)).check(model.run(gaps));
        }
        assertThat(columns.categories()).isNotEmpty();
        assertThat(columns.numbers()).contains(NumberLikelihood.BERNOULLI, NumberLikelihood.STUDENT_T);
    }

    private static TrainingData read(Path file) throws IOException {
        RecordSpec spec =
                SpecFile.parse(SpecDraft.of(file, null, "f42", position -> {}).toYaml(), "drawn");
        return TrainingData.read(file, spec, new TrainingData.Selection(null, null, ROWS), position -> {});
    }

    /** A few of the numbers as booleans: nothing depends on whether the records mean them so. */
    private static Columns columns(TrainingData data) {
        NumberLikelihood[] numbers = new NumberLikelihood[data.rows().numberColumns()];
        Arrays.fill(numbers, NumberLikelihood.STUDENT_T);
        Arrays.fill(numbers, 0, 3, NumberLikelihood.BERNOULLI);
        return new Columns(
                List.of(numbers),
                IntStream.range(0, data.vocabularies().size())
                        .mapToObj(column -> new Categorical(
                                data.vocabularies().get(column).values().size(), data.unseenProbability()[column]))
                        .toList());
    }

    private static TrainedVae fit(EncodedRows rows, Columns columns, VaeConfig config) {
        return VaeTrainer.fit(rows, columns, config, (step, steps, bound) -> {});
    }

    private static EncodedRows withGaps(EncodedRows rows) {
        Random random = new Random(8);
        float[] numbers = rows.numbers().clone();
        int[] categories = rows.categories().clone();
        for (int i = 0; i < numbers.length; i++) {
            boolean missing = i / rows.numberColumns() % 2 == 0 && random.nextInt(4) == 0;
            numbers[i] = missing ? Float.NaN : numbers[i];
        }
        for (int i = 0; i < categories.length; i++) {
            boolean missing = i / rows.categoryColumns() % 2 == 0 && random.nextInt(4) == 0;
            categories[i] = missing ? -1 : categories[i];
        }
        return new EncodedRows(rows.size(), rows.numberColumns(), rows.categoryColumns(), numbers, categories);
    }
}
