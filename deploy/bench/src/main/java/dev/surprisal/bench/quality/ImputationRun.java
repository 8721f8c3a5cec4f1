package dev.surprisal.bench.quality;

import dev.surprisal.engine.Judge;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.record.Field;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.trainer.Training;
import dev.surprisal.trainer.data.SpecDraft;
import dev.surprisal.trainer.data.TrainingData;
import dev.surprisal.trainer.evaluation.FileScorer;
import dev.surprisal.trainer.evaluation.Ranking;
import dev.surprisal.trainer.imputation.FileImputer;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** One table with a share of its test values removed: scored with and without them, and filled in. */
record ImputationRun(double missing, int rounds, long seed) {

    /**
     * What came of it.
     *
     * @param fields number fields that the median does not predict without error
     * @param better how many of them are filled in with a lower mean absolute error than the median's
     * @param logError the mean over them of the logarithm of the ratio of the errors
     * @param within the share of the removed values within 1.96 scales of what was filled in
     */
    record Figures(int fields, int better, double logError, double within, Ranking complete, Ranking missing) {

        /** The mean over tables, of the error over their fields. */
        static Figures mean(List<Figures> all) {
            int fields = all.stream().mapToInt(Figures::fields).sum();
            return new Figures(
                    fields,
                    all.stream().mapToInt(Figures::better).sum(),
                    all.stream()
                                    .mapToDouble(table -> table.logError * table.fields)
                                    .sum()
                            / fields,
                    all.stream().mapToDouble(Figures::within).average().orElseThrow(),
                    ofRankings(all.stream().map(Figures::complete).toList()),
                    ofRankings(all.stream().map(Figures::missing).toList()));
        }

        private static Ranking ofRankings(List<Ranking> all) {
            return new Ranking(
                    all.stream().mapToLong(Ranking::anomalies).sum(),
                    all.stream().mapToLong(Ranking::normals).sum(),
                    all.stream().mapToDouble(Ranking::auroc).average().orElseThrow(),
                    all.stream()
                            .mapToDouble(Ranking::averagePrecision)
                            .average()
                            .orElseThrow());
        }
    }

    Figures run(LabelledTable table) throws IOException {
        Protocol.Split split = Protocol.ONE_CLASS.split(table, seed);
        LabelledTable gaps = withGaps(split.test());
        int[] normal = IntStream.range(0, gaps.size())
                .filter(row -> !gaps.anomalous()[row])
                .toArray();
        Path folder = Files.createTempDirectory("surprisal-bench-");
        try {
            Path training = folder.resolve("training.csv");
            Path file = folder.resolve("model.onnx");
            split.training().write(training);
            RecordSpec spec = optional(SpecFile.parse(
                    SpecDraft.of(training, "bench", null, position -> {}).toYaml(), "the spec of " + training));
            new Training(Clock.systemUTC())
                    .run(
                            new Training.Request(spec, training, TrainingData.Selection.ALL, file, seed, null),
                            new Silent());
            try (ScoringModel model = ScoringModel.open(file)) {
                Ranking complete = Ranking.of(
                        scores(model, split.test(), folder), split.test().anomalous());
                Ranking withGaps = Ranking.of(scores(model, gaps, folder), gaps.anomalous());
                LabelledTable normalGaps = gaps.select(normal);
                return new FilledIn(spec, split.training(), split.test().select(normal), normalGaps)
                        .compare(filledIn(model, normalGaps, folder), complete, withGaps);
            }
        } finally {
            TableRuns.delete(folder);
        }
    }

    /** Any field may be missing. */
    private static RecordSpec optional(RecordSpec spec) {
        List<Field> fields = new ArrayList<>();
        for (Field field : spec.fields()) {
            boolean optional = field.type() != FieldType.IGNORED;
            fields.add(
                    new Field(field.name(), field.type(), optional, field.likelihood(), field.format(), field.zone()));
        }
        return new RecordSpec(spec.format(), spec.name(), spec.csv(), fields);
    }

    private LabelledTable withGaps(LabelledTable table) {
        Random random = new Random(seed + 2);
        List<String> rows = new ArrayList<>();
        for (String row : table.rows()) {
            String[] values = row.split(",", -1);
            for (int column = 0; column < values.length; column++) {
                values[column] = random.nextDouble() < missing ? "" : values[column];
            }
            rows.add(String.join(",", values));
        }
        return new LabelledTable(table.columns(), rows, table.anomalous());
    }

    private static double[] scores(ScoringModel model, LabelledTable table, Path folder) throws IOException {
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

    /** The lines of the completed file, after its header. */
    private List<String> filledIn(ScoringModel model, LabelledTable gaps, Path folder) throws IOException {
        Path file = folder.resolve("gaps.csv");
        gaps.write(file);
        StringWriter text = new StringWriter();
        new FileImputer(model, new FileImputer.Request(List.of(), true, rounds)).impute(file, text, position -> {});
        return text.toString().lines().skip(1).toList();
    }

    private static final class Silent implements Training.Listener {
        @Override
        public void begins(String phase, long steps, String unit) {}

        @Override
        public void at(long step, String figure) {}
    }
}
