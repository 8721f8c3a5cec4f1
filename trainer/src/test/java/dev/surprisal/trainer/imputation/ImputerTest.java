package dev.surprisal.trainer.imputation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.engine.RowBatch;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.trainer.SharedData;
import dev.surprisal.trainer.Training;
import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.data.SpecDraft;
import dev.surprisal.trainer.data.TrainingData;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values removed from records that the model was not fitted to, filled in: a small form of {@code bench imputation}. */
class ImputerTest {

    private static final int LEARNED = 1_000;
    private static final int TESTED = RowBatch.CAPACITY;

    @TempDir
    private Path folder;

    @Test
    void comesCloserThanTheMedianOnMostFieldsAndRoundsHelp() {
        Path file = SharedData.file("adbench/satellite.csv.gz");
        RecordSpec spec =
                SpecFile.parse(SpecDraft.of(file, null, "label", position -> {}).toYaml(), "drawn");
        Path out = folder.resolve("model.onnx");
        new Training(Clock.systemUTC())
                .run(
                        new Training.Request(
                                spec, file, new TrainingData.Selection("label", "0", LEARNED), out, 1, null),
                        Training.Listener.SILENT);
        EncodedRows rows = rows(file, spec);

        try (ScoringModel model = ScoringModel.open(out)) {
            double[] atOnce = errors(model, rows, 0);
            double[] inRounds = errors(model, rows, Imputer.ROUNDS);
            double[] ofMedian = errorsOfMedian(rows);

            long better = IntStream.range(0, ofMedian.length)
                    .filter(column -> inRounds[column] < ofMedian[column])
                    .count();
            assertThat(better).isGreaterThanOrEqualTo(Math.round(0.8 * ofMedian.length));
            assertThat(Arrays.stream(inRounds).sum())
                    .isLessThan(Arrays.stream(atOnce).sum());
        }
    }

    private static EncodedRows rows(Path file, RecordSpec spec) {
        TrainingData.Selection all = new TrainingData.Selection("label", "0", LEARNED + TESTED);
        try (TrainingData data = TrainingData.read(file, spec, all, position -> {})) {
            return data.rows()
                    .select(IntStream.range(0, LEARNED + TESTED).asLongStream().toArray());
        }
    }

    /** Which values are removed is the same in every call. */
    private static boolean[] removed(int values) {
        Random random = new Random(9);
        boolean[] removed = new boolean[values];
        for (int i = 0; i < values; i++) {
            removed[i] = random.nextDouble() < 0.3;
        }
        return removed;
    }

    /** The sum of the absolute errors of each column. */
    private static double[] errors(ScoringModel model, EncodedRows rows, int rounds) {
        int d = rows.numberColumns();
        boolean[] removed = removed(TESTED * d);
        List<EncodedRow> gaps = new ArrayList<>();
        for (int i = 0; i < TESTED; i++) {
            float[] numbers = Arrays.copyOfRange(rows.numbers(), (LEARNED + i) * d, (LEARNED + i + 1) * d);
            for (int j = 0; j < d; j++) {
                numbers[j] = removed[i * d + j] ? Float.NaN : numbers[j];
            }
            gaps.add(new EncodedRow(numbers, new int[0]));
        }
        double[] errors = new double[d];
        try (Imputer imputer = new Imputer(model, rounds)) {
            List<CompletedRow> completed = imputer.complete(gaps);
            for (int i = 0; i < TESTED * d; i++) {
                errors[i % d] += Math.abs(completed.get(i / d).numbers()[i % d] - rows.numbers()[LEARNED * d + i]);
            }
        }
        return errors;
    }

    private static double[] errorsOfMedian(EncodedRows rows) {
        int d = rows.numberColumns();
        boolean[] removed = removed(TESTED * d);
        double[] errors = new double[d];
        for (int i = 0; i < TESTED * d; i++) {
            int column = i % d;
            double[] learned = IntStream.range(0, LEARNED)
                    .mapToDouble(row -> rows.numbers()[row * d + column])
                    .sorted()
                    .toArray();
            errors[column] += removed[i] ? Math.abs(learned[LEARNED / 2] - rows.numbers()[LEARNED * d + i]) : 0;
        }
        return errors;
    }
}
