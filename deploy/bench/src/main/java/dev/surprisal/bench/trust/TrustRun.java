package dev.surprisal.bench.trust;

import dev.surprisal.bench.quality.LabelledTable;
import dev.surprisal.bench.quality.Surprisal;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.launcher.Folders;
import dev.surprisal.quickstart.NormalPayments;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.trainer.data.RecordReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A model of normal records, in random order, and those that neither its fit nor its calibration has seen.
 *
 * @param model closed by this
 * @param training rows of the fit and the calibration
 * @param fresh the others
 */
record TrustRun(ScoringModel model, List<EncodedRow> training, List<EncodedRow> fresh) implements AutoCloseable {

    /** Of more normal rows, so many are taken. */
    private static final int MOST_ROWS = 200_000;
    /** One row in so many is not for training. */
    private static final int FRESH = 10;
    /** One payment in so many is for training. */
    private static final int LEARNED_PAYMENTS = 3;

    /** Trains as users do, with nothing set but the seed. */
    static TrustRun of(LabelledTable table, long seed) throws IOException {
        List<Integer> normal = new ArrayList<>(IntStream.range(0, table.size())
                .filter(row -> !table.anomalous()[row])
                .boxed()
                .toList());
        Collections.shuffle(normal, new Random(seed));
        List<Integer> taken = normal.subList(0, Math.min(MOST_ROWS, normal.size()));
        int fresh = taken.size() / FRESH;
        Path folder = Files.createTempDirectory("surprisal-bench-");
        Path training = folder.resolve("training.csv");
        Path rest = folder.resolve("fresh.csv");
        try {
            write(table, taken.subList(fresh, taken.size()), training);
            write(table, taken.subList(0, fresh), rest);
            ScoringModel model = Surprisal.fit(training, seed, folder.resolve("model.onnx"));
            return new TrustRun(model, encoded(model, training), encoded(model, rest));
        } finally {
            Folders.delete(folder);
        }
    }

    /**
     * Trains on a random third of the demo's payments, without the fraud. The fresh ones are of the same cards and the same days: cards of another seed have habits of their own, and would be
     * another population.
     *
     * @param payments how many, together
     */
    static TrustRun ofPayments(long payments, long seed) throws IOException {
        Path folder = Files.createTempDirectory("surprisal-bench-");
        Path training = folder.resolve("training.jsonl");
        Path rest = folder.resolve("fresh.jsonl");
        try {
            NormalPayments simulator = new NormalPayments(seed);
            Random random = new Random(seed);
            try (BufferedWriter learned = Files.newBufferedWriter(training);
                    BufferedWriter others = Files.newBufferedWriter(rest)) {
                for (long i = 0; i < payments; i++) {
                    BufferedWriter lines = random.nextInt(LEARNED_PAYMENTS) == 0 ? learned : others;
                    lines.write(simulator.next());
                    lines.newLine();
                }
            }
            ScoringModel model = Surprisal.fit(training, NormalPayments.spec(), seed, folder.resolve("model.onnx"));
            return new TrustRun(model, encoded(model, training), encoded(model, rest));
        } finally {
            Folders.delete(folder);
        }
    }

    private static void write(LabelledTable table, List<Integer> rows, Path file) throws IOException {
        table.select(rows.stream().mapToInt(Integer::intValue).toArray()).write(file);
    }

    private static List<EncodedRow> encoded(ScoringModel model, Path file) throws IOException {
        RecordEncoder encoder = model.card().newEncoder();
        List<EncodedRow> rows = new ArrayList<>();
        try (RecordReader reader = RecordReader.open(file, model.card().spec())) {
            while (reader.next()) {
                EncodedRow row = encoder.newRow();
                reader.encode(encoder, row);
                rows.add(row);
            }
        }
        return rows;
    }

    int numberColumns() {
        return model.card().spec().numberColumns().size();
    }

    /** The known values of a number column of the training rows, ascending. */
    float[] sorted(int column) {
        float[] values = new float[training.size()];
        int count = 0;
        for (EncodedRow row : training) {
            if (!Float.isNaN(row.numbers()[column])) {
                values[count++] = row.numbers()[column];
            }
        }
        float[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        return sorted;
    }

    int columns() {
        return numberColumns() + model.card().vocabularies().size();
    }

    @Override
    public void close() {
        model.close();
    }
}
