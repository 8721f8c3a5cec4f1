package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.Draw;
import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.evaluation.Ranking;
import dev.surprisal.trainer.export.LatentNoise;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Prints the table of THEORY.md on known anomalies: a programme, not a test. On public tables the first half of the normal rows is learned from, with a twentieth of the anomalies, at least five, that are known; the others are
 * judged, by models of one configuration, with Student's t for each number.
 */
final class LabelledFigures {

    private static final Path TABLES = Path.of("../../shared/data/adbench");
    private static final int FEWEST_KNOWN = 5;
    private static final int KNOWN_SHARE = 20;
    private static final int SAMPLES = 16;
    /** One row of a batch in so many is a known anomaly, as of {@link KnownAnomalies}. */
    private static final int SHARE = 8;

    private static final double PRIOR = 0.01;
    /** A tenth, as of Kingma et al., over the share of known anomalies. */
    private static final double ALPHA = 0.1 * SHARE;

    private final EncodedRows normal;
    private final EncodedRows known;
    private final EncodedRows test;
    private final boolean[] anomalous;
    private final boolean[] near;
    private final Columns columns;
    private final VaeConfig config;
    private final Standardisation standardisation;

    private LabelledFigures(EncodedRows all, boolean[] truth, int steps, long seed) {
        long[] normals = where(truth.length, row -> !truth[row]);
        long[] anomalies = shuffled(where(truth.length, row -> truth[row]), new Random(seed));
        int half = Math.round(normals.length / 2f);
        int some = Math.max(FEWEST_KNOWN, anomalies.length / KNOWN_SHARE);
        normal = all.select(Arrays.copyOf(normals, half));
        known = all.select(Arrays.copyOf(anomalies, some));
        long[] others = LongStream.concat(
                        Arrays.stream(normals).skip(half),
                        Arrays.stream(anomalies).skip(some))
                .toArray();
        test = all.select(others);
        anomalous = new boolean[others.length];
        Arrays.fill(anomalous, normals.length - half, others.length, true);
        standardisation = Standardisation.of(normal);
        near = near();
        columns = new Columns(Collections.nCopies(all.numberColumns(), NumberLikelihood.STUDENT_T), List.of());
        VaeConfig usual = VaeConfig.defaults(half, seed);
        config = new VaeConfig(
                usual.latent(),
                usual.hidden(),
                usual.pseudoInputs(),
                usual.batch(),
                Math.min(steps, usual.steps()),
                usual.learningRate(),
                usual.noise(),
                0,
                seed);
    }

    /** The most steps of a fit, how many seeds, and the names of tables. */
    public static void main(String[] arguments) throws IOException {
        if (!Files.isDirectory(TABLES)) {
            System.out.println("skipped: there is no " + TABLES.toAbsolutePath().normalize());
            return;
        }
        System.out.println(
                "| table | seed | known | no labels | exposure | M2 normal bound | M2 odds | M2 all labelled, normal bound | M2 all labelled, odds |");
        for (long seed = 0; seed < Integer.parseInt(arguments[1]); seed++) {
            for (String table : List.of(arguments).subList(2, arguments.length)) {
                read(table, Integer.parseInt(arguments[0]), seed).print(table, seed);
            }
        }
    }

    private void print(String table, long seed) {
        StringBuilder line = new StringBuilder("| " + table + " | " + seed + " | " + known.size());
        for (EncodedRows labelled : new EncodedRows[] {null, known}) {
            TrainedVae vae = VaeTrainer.fit(
                            normal, labelled, columns, config, FitOptions.NONE, (step, steps, bound) -> {})
                    .vae();
            line.append(figures(negative(VaeScores.of(List.of(vae), LatentNoise.of(SAMPLES, config.latent()), test)
                    .elbo())));
        }
        for (boolean all : new boolean[] {false, true}) {
            for (double[] scores : labelledScores(all)) {
                line.append(figures(scores));
            }
        }
        System.out.println(line + " |");
    }

    /** AUROC and average precision over all, and the AUROC over the anomalies close to a known one and over the others. */
    private String figures(double[] scores) {
        boolean[] isClose = new boolean[scores.length];
        boolean[] isFar = new boolean[scores.length];
        for (int i = 0; i < scores.length; i++) {
            isClose[i] = !anomalous[i] || near[i];
            isFar[i] = !anomalous[i] || !near[i];
        }
        Ranking ranking = Ranking.of(scores, anomalous);
        return String.format(
                Locale.ROOT,
                " | %.1f / %.1f (%.1f, %.1f)",
                100 * ranking.auroc(),
                100 * ranking.averagePrecision(),
                100 * Ranking.of(scores, anomalous, isClose).auroc(),
                100 * Ranking.of(scores, anomalous, isFar).auroc());
    }

    /**
     * Fits M2, an eighth of each batch known anomalies, and another eighth rows that are known to be normal, or all others.
     *
     * @return minus the bound under the normal class, and the log-odds of the other one
     */
    private double[][] labelledScores(boolean all) {
        int rows = config.batch();
        LabelledNetwork network =
                new LabelledNetwork(columns, config, DataType.FLOAT, rows, pseudoInputs(), PRIOR, ALPHA);
        Optimiser optimiser = new Optimiser(network.parameters());
        Schedule schedule = new Schedule(config, null);
        Batch twice = new Batch(columns, standardisation, 2 * rows, 0, 0);
        int anomalies = rows / SHARE;
        int[] classes = new int[rows];
        Arrays.fill(classes, all ? 0 : LabelledNetwork.UNKNOWN);
        Arrays.fill(classes, rows - 2 * anomalies, rows - anomalies, 0);
        Arrays.fill(classes, rows - anomalies, rows, 1);
        for (int step = 0; step < config.steps(); step++) {
            Random random = new Random(Draw.INPUT.seed(config.seed(), step));
            twice.load(batch(rows, anomalies, random), doubled(rows), 0, 0);
            drawNoise(network, random);
            double progress = schedule.progress(step, Duration.ZERO);
            network.objective(twice, classes, schedule.beta(progress));
            network.gradient(classes, schedule.beta(progress));
            optimiser.ascend(1.0 / rows / columns.numbers().size(), schedule.rate(step, progress), step);
        }
        return judge(network, twice);
    }

    private double[][] judge(LabelledNetwork network, Batch twice) {
        int rows = config.batch();
        double[][] scores = new double[2][test.size()];
        for (int from = 0; from < test.size(); from += rows) {
            int start = from;
            int count = Math.min(rows, test.size() - from);
            int[] order = IntStream.range(0, 2 * rows)
                    .map(i -> (start + i % rows) % test.size())
                    .toArray();
            twice.load(test, order, 0, 0);
            Random random = new Random(Draw.WATCHED_LATENT.seed(config.seed(), from));
            for (int sample = 0; sample < SAMPLES; sample++) {
                drawNoise(network, random);
                double[] bounds = network.bounds(twice, 1);
                for (int i = 0; i < count; i++) {
                    scores[0][from + i] -= bounds[i] / SAMPLES;
                }
            }
            System.arraycopy(network.logOdds(), 0, scores[1], from, count);
        }
        return scores;
    }

    private static void drawNoise(LabelledNetwork network, Random random) {
        float[] noise = new float[Math.toIntExact(network.noise().length())];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) random.nextGaussian();
        }
        Elementwise.put(noise, network.noise());
    }

    /** Rows drawn at random, known anomalies the last ones, with the noise of the configuration. */
    private EncodedRows batch(int rows, int anomalies, Random random) {
        EncodedRows batch = normal.select(
                random.ints(rows, 0, normal.size()).mapToLong(i -> i).toArray());
        for (int i = rows - anomalies; i < rows; i++) {
            known.copy(random.nextInt(known.size()), 1, batch, i);
        }
        int d = batch.numberColumns();
        if (config.noise() > 0) {
            for (int i = 0; i < (rows - anomalies) * d; i++) {
                batch.numbers()[i] +=
                        (float) (config.noise() * standardisation.deviation()[i % d] * random.nextGaussian());
            }
        }
        return batch;
    }

    /** Normal rows with their class, and as many known anomalies as make an eighth. */
    private float[] pseudoInputs() {
        int components = config.pseudoInputs();
        int anomalies = Math.min(known.size(), components / SHARE);
        Random random = new Random(Draw.PSEUDO_INPUTS.seed(config.seed(), 0));
        EncodedRows some = batch(components, anomalies, random);
        Batch starts = new Batch(columns, standardisation, components, 0, 0);
        starts.load(some);
        int width = Batch.inputs(columns);
        float[] all = new float[components * (width + 2)];
        for (int i = 0; i < components; i++) {
            System.arraycopy(starts.input(), i * width, all, i * (width + 2), width);
            all[i * (width + 2) + width + (i < components - anomalies ? 0 : 1)] = 1;
        }
        return all;
    }

    private static int[] doubled(int rows) {
        return IntStream.range(0, 2 * rows).map(i -> i % rows).toArray();
    }

    /** Which test anomalies are the half that is closer to a known one, by the distance of standardised values. */
    private boolean[] near() {
        double[] distances = new double[test.size()];
        for (int i = 0; i < test.size(); i++) {
            distances[i] = Double.POSITIVE_INFINITY;
            for (int j = 0; j < known.size(); j++) {
                distances[i] = Math.min(distances[i], distance(i, j));
            }
        }
        double[] ofAnomalies = IntStream.range(0, test.size())
                .filter(i -> anomalous[i])
                .mapToDouble(i -> distances[i])
                .sorted()
                .toArray();
        boolean[] close = new boolean[test.size()];
        for (int i = 0; i < close.length; i++) {
            close[i] = distances[i] < ofAnomalies[ofAnomalies.length / 2];
        }
        return close;
    }

    private double distance(int i, int j) {
        int d = test.numberColumns();
        double sum = 0;
        for (int column = 0; column < d; column++) {
            double difference = standardisation.apply(column, test.numbers()[i * d + column])
                    - standardisation.apply(column, known.numbers()[j * d + column]);
            sum += difference * difference;
        }
        return sum;
    }

    private static LabelledFigures read(String table, int steps, long seed) throws IOException {
        List<float[]> rows = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(TABLES.resolve(table + ".csv.gz"))),
                StandardCharsets.UTF_8))) {
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] values = line.split(",", -1);
                float[] row = new float[values.length];
                for (int j = 0; j < row.length; j++) {
                    row[j] = Float.parseFloat(values[j]);
                }
                rows.add(row);
            }
        }
        int d = rows.get(0).length - 1;
        float[] numbers = new float[rows.size() * d];
        boolean[] truth = new boolean[rows.size()];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, numbers, i * d, d);
            truth[i] = rows.get(i)[d] != 0;
        }
        return new LabelledFigures(new EncodedRows(truth.length, d, 0, numbers, new int[0]), truth, steps, seed);
    }

    private static long[] where(int size, IntPredicate is) {
        return IntStream.range(0, size).filter(is).asLongStream().toArray();
    }

    private static long[] shuffled(long[] values, Random random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            long swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
        return values;
    }

    private static double[] negative(double[] values) {
        return Arrays.stream(values).map(value -> -value).toArray();
    }
}
