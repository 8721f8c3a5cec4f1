package dev.surprisal.bench.quality;

import dev.surprisal.launcher.Folders;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The runs of all detectors, with all seeds, on one table. */
final class TableRuns {

    private final Path file;
    private final String name;
    private final Path folder;
    private final Protocol protocol;
    private final int seeds;
    private final PrintWriter progress;
    private LabelledTable table;

    TableRuns(Path file, Path out, Protocol protocol, int seeds, PrintWriter progress) {
        this.file = file;
        this.protocol = protocol;
        this.seeds = seeds;
        this.progress = progress;
        name = TableFiles.nameOf(file);
        folder = out.resolve(protocol.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .resolve(name);
    }

    /** Runs what has not been run, and returns the results of each detector, one a seed. */
    Map<Detector, List<Result>> run(List<Detector> detectors) throws IOException {
        Files.createDirectories(folder);
        Map<Detector, List<Result>> results = new LinkedHashMap<>();
        for (Detector detector : detectors) {
            List<Result> ofDetector = new ArrayList<>();
            for (long seed = 0; seed < seeds; seed++) {
                Path scores = folder.resolve(detector.name() + "-" + seed + ".csv");
                if (!Files.exists(scores)) {
                    run(detector, seed, scores);
                }
                ofDetector.add(Result.read(scores));
            }
            results.put(detector, ofDetector);
        }
        return results;
    }

    private void run(Detector detector, long seed, Path scores) throws IOException {
        if (table == null) {
            table = LabelledTable.read(file);
        }
        Protocol.Split split = protocol.split(table, seed);
        Path work = Files.createTempDirectory("surprisal-bench-");
        try {
            Detector.Scores run = detector.score(split, seed, work);
            Result.write(scores, run, split.test());
            Result result = Result.of(run, split.test());
            progress.printf(
                    Locale.ROOT,
                    "%-14s %-12s seed %d: %,7d rows to learn, %,7d to judge, AUROC %6.2f  AP %6.2f  fit %5.1f s%n",
                    name,
                    detector.name(),
                    seed,
                    split.training().size(),
                    split.test().size(),
                    100 * result.auroc(),
                    100 * result.averagePrecision(),
                    result.fitSeconds());
            progress.flush();
        } finally {
            Folders.delete(work);
        }
    }
}
