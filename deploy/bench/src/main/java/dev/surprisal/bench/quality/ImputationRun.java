package dev.surprisal.bench.quality;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.launcher.Folders;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.trainer.evaluation.Ranking;
import dev.surprisal.trainer.imputation.FileImputer;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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
            try (ScoringModel model = Surprisal.fit(split, RecordSpec::allOptional, seed, folder)) {
                Ranking complete = Ranking.of(
                        Surprisal.scores(model, split.test(), folder),
                        split.test().anomalous());
                Ranking withGaps = Ranking.of(Surprisal.scores(model, gaps, folder), gaps.anomalous());
                LabelledTable normalGaps = gaps.select(normal);
                return new FilledIn(
                                model.card().spec(),
                                split.training(),
                                split.test().select(normal),
                                normalGaps)
                        .compare(filledIn(model, normalGaps, folder), complete, withGaps);
            }
        } finally {
            Folders.delete(folder);
        }
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

    /** The lines of the completed file, after its header. */
    private List<String> filledIn(ScoringModel model, LabelledTable gaps, Path folder) throws IOException {
        Path file = folder.resolve("gaps.csv");
        gaps.write(file);
        StringWriter text = new StringWriter();
        new FileImputer(model, new FileImputer.Request(List.of(), true, rounds)).impute(file, text, position -> {});
        return text.toString().lines().skip(1).toList();
    }
}
