package dev.surprisal.bench.quality;

import dev.surprisal.launcher.WholeFile;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.trainer.evaluation.Ranking;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One run of a detector on a table, kept as a score file: the columns {@code score}, {@code label} and, in the first row, {@code fit_seconds}.
 *
 * @param auroc area under the receiver operating characteristic, in [0, 1]
 * @param averagePrecision in [0, 1]
 * @param fitSeconds how long learning took
 */
record Result(double auroc, double averagePrecision, double fitSeconds) {

    private static final String HEADER = "score,label,fit_seconds";

    static Result of(Detector.Scores scores, LabelledTable test) {
        Ranking ranking = Ranking.of(scores.scores(), test.anomalous());
        return new Result(ranking.auroc(), ranking.averagePrecision(), scores.fitSeconds());
    }

    /** Writes the scores of a run, whole or not at all. */
    static void write(Path file, Detector.Scores scores, LabelledTable test) {
        StringBuilder lines = new StringBuilder(HEADER).append('\n');
        for (int i = 0; i < scores.scores().length; i++) {
            lines.append(scores.scores()[i])
                    .append(test.anomalous()[i] ? ",1," : ",0,")
                    .append(i == 0 ? String.valueOf(scores.fitSeconds()) : "")
                    .append('\n');
        }
        WholeFile.write(file, lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Reads a run that was written before. */
    static Result read(Path file) throws IOException {
        List<double[]> rows = new ArrayList<>();
        double fitSeconds = 0;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            if (!HEADER.equals(lines.readLine())) {
                throw new SurprisalException(file + ": not a score file of this command; delete it to run it again");
            }
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] columns = line.split(",", -1);
                rows.add(new double[] {Double.parseDouble(columns[0]), Double.parseDouble(columns[1])});
                fitSeconds = columns[2].isEmpty() ? fitSeconds : Double.parseDouble(columns[2]);
            }
        }
        double[] scores = rows.stream().mapToDouble(row -> row[0]).toArray();
        boolean[] anomalous = new boolean[scores.length];
        for (int i = 0; i < anomalous.length; i++) {
            anomalous[i] = rows.get(i)[1] != 0;
        }
        Ranking ranking = Ranking.of(scores, anomalous);
        return new Result(ranking.auroc(), ranking.averagePrecision(), fitSeconds);
    }
}
