package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/** Prints the figures of THEORY.md: a programme, not a test. */
final class TheoryFigures {

    private static final int FIELDS = 10;
    private static final int ROWS = 2_000;
    private static final int DRAWS = 1 << 14;
    private static final int MOST_SAMPLES = 1_024;
    private static final int SETS = 40;

    private TheoryFigures() {}

    /** Without arguments. */
    public static void main(String[] arguments) {
        Columns columns = new Columns(Collections.nCopies(FIELDS, NumberLikelihood.STUDENT_T), List.of());
        EncodedRows rows = curved(ROWS, new Random(1));
        EncodedRows fresh = curved(100, new Random(2));

        System.out.println("| K | score function | with a baseline | active units |");
        for (int latent : new int[] {1, 2, 4, 8, 16}) {
            VaeConfig config = new VaeConfig(latent, List.of(64, 64), 0, 256, 1_500, 5e-3, 0, 0, 1);
            Fitted fitted = fit(rows, columns, config);
            double[] ratio = new double[2];
            int records = 10;
            for (int n = 0; n < records; n++) {
                double[] ofRecord = varianceRatios(columns, config, fitted, rows, fresh.select(new long[] {n}));
                for (int i = 0; i < 2; i++) {
                    ratio[i] += Math.log(ofRecord[i]) / records;
                }
            }
            LatentUnits units = LatentUnits.of(List.of(fitted.vae()), fresh);
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %.0f | %.0f | %d |%n",
                    latent,
                    Math.exp(ratio[0]),
                    Math.exp(ratio[1]),
                    units.active());
        }

        System.out.println("| beta | held-out bound | active units of 16 |");
        for (double beta : new double[] {0.1, 0.5, 1, 2, 4, 10}) {
            VaeConfig config = new VaeConfig(16, List.of(64, 64), 0, 256, 1_500, 5e-3, 0, 0, 1).withBeta(beta);
            TrainedVae vae = fit(rows, columns, config).vae();
            double bound = mean(new Tightness(vae, fresh, 64, new Random(3)).bound(1));
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.2f | %d |%n",
                    beta,
                    bound,
                    LatentUnits.of(List.of(vae), fresh).active());
        }

        printTightness(rows, fresh, columns);
    }

    /** The gap of the linear model with its standard error over sets of samples, as the records of a set have the same. */
    private static void printTightness(EncodedRows rows, EncodedRows fresh, Columns columns) {
        LinearVae linear = LinearVae.exact();
        EncodedRows ofLinear = linear.sample(100, new Random(4));
        double logDensity = mean(linear.logDensity(ofLinear));
        List<Tightness> sets = IntStream.range(0, SETS)
                .mapToObj(set ->
                        new Tightness(linear.withWorsePosterior().vae(), ofLinear, MOST_SAMPLES, new Random(100 + set)))
                .toList();
        VaeConfig config = new VaeConfig(8, List.of(64, 64), 0, 256, 1_500, 5e-3, 0, 0, 1);
        Tightness learned = new Tightness(fit(rows, columns, config).vae(), fresh, MOST_SAMPLES, new Random(6));
        System.out.println("| L | gap of the linear model | bound of the learned one |");
        for (int samples = 1; samples <= MOST_SAMPLES; samples *= 4) {
            int count = samples;
            double[] gaps = sets.stream()
                    .mapToDouble(set -> logDensity - mean(set.bound(count)))
                    .toArray();
            double gap = mean(gaps);
            double variance =
                    Arrays.stream(gaps).map(g -> (g - gap) * (g - gap)).sum() / (SETS - 1);
            System.out.printf(
                    Locale.ROOT,
                    "| %,d | %.4f ± %.4f | %.3f |%n",
                    samples,
                    gap,
                    Math.sqrt(variance / SETS),
                    mean(learned.bound(samples)));
        }
    }

    private static double[] varianceRatios(
            Columns columns, VaeConfig config, Fitted fitted, EncodedRows rows, EncodedRows record) {
        GradientEstimators estimators =
                new GradientEstimators(columns, config, fitted.state().parameters(), Standardisation.of(rows), record);
        Random random = new Random(7);
        double reparameterised = estimators.reparameterised(DRAWS, random).totalVariance();
        double baseline = estimators.meanLogProbability(DRAWS, random);
        return new double[] {
            estimators.scoreFunction(DRAWS, 0, random).totalVariance() / reparameterised,
            estimators.scoreFunction(DRAWS, baseline, random).totalVariance() / reparameterised
        };
    }

    private static Fitted fit(EncodedRows rows, Columns columns, VaeConfig config) {
        return VaeTrainer.fit(rows, columns, config, FitOptions.NONE, (step, steps, bound) -> {});
    }

    /** Ten smooth functions of three numbers, with noise. */
    private static EncodedRows curved(int size, Random random) {
        Random mixing = new Random(9);
        double[][] weights = new double[FIELDS][3];
        for (double[] row : weights) {
            Arrays.setAll(row, k -> mixing.nextGaussian());
        }
        float[] numbers = new float[size * FIELDS];
        for (int i = 0; i < size; i++) {
            double[] z = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
            for (int j = 0; j < FIELDS; j++) {
                double sum = weights[j][0] * z[0] + weights[j][1] * z[1] + weights[j][2] * z[2];
                numbers[i * FIELDS + j] = (float) (Math.tanh(sum) + 0.1 * random.nextGaussian());
            }
        }
        return new EncodedRows(size, FIELDS, 0, numbers, new int[0]);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }
}
