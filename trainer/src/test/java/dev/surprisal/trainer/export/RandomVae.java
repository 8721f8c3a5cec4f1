package dev.surprisal.trainer.export;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.vae.Columns;
import dev.surprisal.trainer.vae.Columns.Categorical;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import dev.surprisal.trainer.vae.Dense;
import dev.surprisal.trainer.vae.TrainedVae;
import dev.surprisal.trainer.vae.TrainedVae.Mixture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Autoencoders with random weights, and random rows for them. */
record RandomVae(int hidden, int latent, int components, double gain) {

    private static final int TYPICAL_COUNT = 20;
    private static final List<NumberLikelihood> KINDS = List.of(NumberLikelihood.values());

    TrainedVae make(Columns columns, Random random) {
        int d = columns.numbers().size();
        float[] degrees = new float[d];
        float[] scale = new float[d];
        float[] deviation = new float[d];
        for (int j = 0; j < d; j++) {
            boolean heavyTails = columns.numbers().get(j) == NumberLikelihood.STUDENT_T;
            degrees[j] = heavyTails ? 2.1f + 20 * random.nextFloat() : Float.POSITIVE_INFINITY;
            scale[j] = 0.1f + random.nextFloat();
            deviation[j] = 0.1f + 10 * random.nextFloat();
        }
        float[] mean = normal(d, 2, random);
        for (int j = 0; j < d; j++) {
            if (columns.numbers().get(j) == NumberLikelihood.NEGATIVE_BINOMIAL) {
                mean[j] = TYPICAL_COUNT;
                deviation[j] += TYPICAL_COUNT;
            }
        }
        int width = d + columns.oneHotWidth();
        return new TrainedVae(
                columns,
                mean,
                deviation,
                List.of(dense(width, hidden, random), dense(hidden, hidden, random)),
                dense(hidden, 2 * latent, random),
                List.of(dense(latent, hidden, random), dense(hidden, hidden, random)),
                dense(hidden, columns.headOutputs(), random),
                scale,
                degrees,
                prior(random));
    }

    /** Of one component: the standard normal distribution. */
    private Mixture prior(Random random) {
        boolean standard = components == 1;
        float[] logVariance = normal(components * latent, standard ? 0 : 0.7, random);
        float[] weight = new float[components];
        float sum = 0;
        for (int m = 0; m < components; m++) {
            weight[m] = 0.1f + random.nextFloat();
            sum += weight[m];
        }
        for (int m = 0; m < components; m++) {
            weight[m] = (float) Math.log(weight[m] / sum);
        }
        for (int i = 0; !standard && i < logVariance.length; i++) {
            logVariance[i] -= 1.5f;
        }
        return new Mixture(components, normal(components * latent, standard ? 0 : 1, random), logVariance, weight);
    }

    /** Columns of every kind in any order. */
    static Columns columns(int numbers, int categories, Random random) {
        List<NumberLikelihood> kinds = new ArrayList<>();
        for (int i = 0; i < numbers; i++) {
            kinds.add(KINDS.get(random.nextInt(KINDS.size())));
        }
        List<Categorical> distributions = new ArrayList<>();
        for (int i = 0; i < categories; i++) {
            distributions.add(new Categorical(1 + random.nextInt(20), 0.001 + 0.1 * random.nextDouble()));
        }
        return new Columns(kinds, distributions);
    }

    /** Rows with missing, unseen and out-of-range values. */
    static EncodedRows rows(Columns columns, int size, Random random) {
        int d = columns.numbers().size();
        int c = columns.categories().size();
        float[] numbers = normal(size * d, 5, random);
        int[] categories = new int[size * c];
        for (int i = 0; i < numbers.length; i++) {
            if (columns.numbers().get(i % d) == NumberLikelihood.BERNOULLI) {
                numbers[i] = random.nextInt(2);
            } else if (columns.numbers().get(i % d) == NumberLikelihood.NEGATIVE_BINOMIAL) {
                numbers[i] = (float) Math.floor(TYPICAL_COUNT * Math.exp(2 * random.nextGaussian()));
            }
            numbers[i] = random.nextInt(10) == 0 ? Float.NaN : numbers[i];
        }
        for (int i = 0; i < categories.length; i++) {
            categories[i] = random.nextInt(columns.categories().get(i % c).values() + 4) - 1;
        }
        return new EncodedRows(size, d, c, numbers, categories);
    }

    /** Rows of which one number in ten is enormous. */
    static EncodedRows extremeRows(Columns columns, int size, Random random) {
        EncodedRows rows = rows(columns, size, random);
        float[] extremes = {1e6f, -1e6f, 1e30f, Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE, -0f};
        float[] numbers = Arrays.copyOf(rows.numbers(), rows.numbers().length);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextInt(10) == 0 ? extremes[random.nextInt(extremes.length)] : numbers[i];
        }
        return new EncodedRows(size, rows.numberColumns(), rows.categoryColumns(), numbers, rows.categories());
    }

    private Dense dense(int inputs, int outputs, Random random) {
        return new Dense(
                inputs,
                outputs,
                normal(inputs * outputs, gain / Math.sqrt(inputs), random),
                normal(outputs, 0.1, random));
    }

    private static float[] normal(int length, double deviation, Random random) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }
}
