package dev.surprisal.trainer.export;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.vae.Columns.Categorical;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import dev.surprisal.trainer.vae.Dense;
import dev.surprisal.trainer.vae.TrainedVae;
import dev.surprisal.trainer.vae.TrainedVae.Mixture;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.numbers.gamma.LogGamma;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/** The scores of one row with loops and double precision, formula by formula: what the graph is to compute. */
final class WrittenOutScores {

    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

    final double elbo;
    final double logLikelihood;
    final double reconstructionLogProbability;
    final double[] fieldLogProbability;
    final double[] expectedNumbers;
    final double[] numberScale;
    /** Per category column the probabilities of its known values. */
    final double[][] probabilities;

    final double[] latentMean;

    private final TrainedVae vae;

    WrittenOutScores(TrainedVae vae, float[][] noise, EncodedRows rows, int row) {
        this.vae = vae;
        int d = rows.numberColumns();
        int c = rows.categoryColumns();
        List<Categorical> categories = vae.columns().categories();
        float[] numbers = Arrays.copyOfRange(rows.numbers(), row * d, (row + 1) * d);
        int[] codes = Arrays.copyOfRange(rows.categories(), row * c, (row + 1) * c);
        int latent = vae.latentSize();
        int samples = noise.length;

        double[] posterior = dense(hidden(input(numbers, codes), vae.encoder()), vae.posterior());
        latentMean = Arrays.copyOf(posterior, latent);
        double[] deviation = new double[latent];
        for (int k = 0; k < latent; k++) {
            double logVariance =
                    Math.max(TrainedVae.MIN_LOG_VARIANCE, Math.min(TrainedVae.MAX_LOG_VARIANCE, posterior[latent + k]));
            deviation[k] = Math.exp(logVariance / 2);
        }

        fieldLogProbability = new double[d + c];
        probabilities = new double[c][];
        for (int j = 0; j < c; j++) {
            probabilities[j] = new double[categories.get(j).values()];
        }
        double[][] means = new double[d][samples];
        double[][] heads = new double[samples][];
        double[][][] softmax = new double[c][samples][];
        double[][] fields = new double[d + c][samples];
        double[] logRatio = new double[samples];
        double reconstruction = 0;
        for (int l = 0; l < samples; l++) {
            double[] z = new double[latent];
            double logPosterior = 0;
            for (int k = 0; k < latent; k++) {
                z[k] = latentMean[k] + deviation[k] * noise[l][k];
                logPosterior +=
                        NormalDistribution.of(latentMean[k], deviation[k]).logDensity(z[k]);
            }
            double[] head = dense(hidden(z, vae.decoder()), vae.head());
            heads[l] = head;
            double logProbability = 0;
            for (int j = 0; j < d; j++) {
                means[j][l] = predicted(j, head[j]);
                double field = Float.isNaN(numbers[j]) ? 0 : number(j, numbers[j], head);
                fields[j][l] = field;
                fieldLogProbability[j] += field / samples;
                logProbability += field;
            }
            int from = d;
            for (int j = 0; j < c; j++) {
                double[] logits =
                        Arrays.copyOfRange(head, from, from += categories.get(j).values());
                softmax[j][l] = Arrays.stream(logits)
                        .map(logit -> Math.exp(logit - logSumExp(logits)))
                        .toArray();
                double field = category(categories.get(j), codes[j], logits);
                fields[d + j][l] = field;
                fieldLogProbability[d + j] += field / samples;
                logProbability += field;
            }
            reconstruction += logProbability / samples;
            logRatio[l] = logProbability + logPrior(vae.prior(), z) - logPosterior;
        }
        elbo = Arrays.stream(logRatio).sum() / samples;
        logLikelihood = logSumExp(logRatio) - Math.log(samples);
        reconstructionLogProbability = reconstruction;

        expectedNumbers = new double[d];
        numberScale = new double[d];
        for (int j = 0; j < d; j++) {
            double[] weights = weights(logRatio, fields[j]);
            double mean = 0;
            for (int l = 0; l < samples; l++) {
                mean += weights[l] * means[j][l];
            }
            double variance = 0;
            for (int l = 0; l < samples; l++) {
                variance += weights[l]
                        * ((means[j][l] - mean) * (means[j][l] - mean) + ownVariance(j, means[j][l], heads[l]));
            }
            boolean scaled = isScaled(j);
            expectedNumbers[j] = scaled ? mean * vae.deviation()[j] + vae.mean()[j] : mean;
            numberScale[j] = Math.sqrt(variance) * (scaled ? vae.deviation()[j] : 1);
        }
        for (int j = 0; j < c; j++) {
            double[] weights = weights(logRatio, fields[d + j]);
            for (int l = 0; l < samples; l++) {
                for (int value = 0; value < probabilities[j].length; value++) {
                    probabilities[j][value] += weights[l] * softmax[j][l][value];
                }
            }
        }
    }

    /** p(x without x_j, z) / q(z | x), adding up to 1. */
    private static double[] weights(double[] logRatio, double[] field) {
        double[] weights = new double[logRatio.length];
        Arrays.setAll(weights, l -> logRatio[l] - field[l]);
        double logSum = logSumExp(weights);
        Arrays.setAll(weights, l -> Math.exp(weights[l] - logSum));
        return weights;
    }

    private NumberLikelihood kind(int column) {
        return vae.columns().numbers().get(column);
    }

    private boolean isScaled(int column) {
        return kind(column) != NumberLikelihood.BERNOULLI && kind(column) != NumberLikelihood.NEGATIVE_BINOMIAL;
    }

    /** Standardised where it is scaled. */
    private double predicted(int column, double output) {
        return switch (kind(column)) {
            case GAUSSIAN, HETEROSCEDASTIC, STUDENT_T -> output;
            case BERNOULLI -> 1 / (1 + Math.exp(-output));
            case NEGATIVE_BINOMIAL ->
                Math.exp(Math.max(-10, Math.min(28, Math.log(Math.max(1e-3, vae.mean()[column])) + output)));
        };
    }

    /** Of the likelihood around what is predicted; of Student's t told as half the central 95 %, in those of the standard normal distribution. */
    private double ownVariance(int column, double predicted, double[] head) {
        double scale = vae.scale()[column];
        return switch (kind(column)) {
            case GAUSSIAN -> scale * scale;
            case HETEROSCEDASTIC -> latentVariance(column, head);
            case STUDENT_T ->
                Math.pow(
                        scale
                                * TDistribution.of(vae.degreesOfFreedom()[column])
                                        .inverseCumulativeProbability(0.975)
                                / NORMAL.inverseCumulativeProbability(0.975),
                        2);
            case BERNOULLI -> predicted * (1 - predicted);
            case NEGATIVE_BINOMIAL -> predicted + scale * scale * predicted * predicted;
        };
    }

    private double[] input(float[] numbers, int[] codes) {
        double[] input = new double[numbers.length + vae.columns().oneHotWidth()];
        for (int j = 0; j < numbers.length; j++) {
            input[j] = Float.isNaN(numbers[j]) ? 0 : standardised(j, numbers[j]);
        }
        int from = numbers.length;
        for (int j = 0; j < codes.length; j++) {
            int values = vae.columns().categories().get(j).values();
            if (codes[j] >= 1 && codes[j] <= values) {
                input[from + codes[j] - 1] = 1;
            }
            from += values;
        }
        return input;
    }

    private double standardised(int column, float value) {
        double standardised = ((double) value - vae.mean()[column]) / vae.deviation()[column];
        return Math.max(-TrainedVae.CLIP, Math.min(TrainedVae.CLIP, standardised));
    }

    private double latentVariance(int column, double[] head) {
        int at = vae.columns().numbers().size() + vae.columns().oneHotWidth();
        for (int before = 0; before < column; before++) {
            at += kind(before) == NumberLikelihood.HETEROSCEDASTIC ? 1 : 0;
        }
        return 0.01 + Math.exp(Math.max(-18, Math.min(8, head[at])));
    }

    private double number(int column, float value, double[] head) {
        double output = head[column];
        double scale = vae.scale()[column];
        return switch (vae.columns().numbers().get(column)) {
            case GAUSSIAN -> NormalDistribution.of(output, scale).logDensity(standardised(column, value));
            case HETEROSCEDASTIC ->
                NormalDistribution.of(output, Math.sqrt(latentVariance(column, head)))
                        .logDensity(standardised(column, value));
            case STUDENT_T ->
                TDistribution.of(vae.degreesOfFreedom()[column])
                                .logDensity((standardised(column, value) - output) / scale)
                        - Math.log(scale);
            case BERNOULLI -> -Math.log1p(Math.exp(value >= 0.5f ? -output : output));
            case NEGATIVE_BINOMIAL -> negativeBinomial(value, predicted(column, output), scale);
        };
    }

    /** A negative binomial distribution, and one time in a thousand a count of any size. */
    private static double negativeBinomial(double count, double mean, double scale) {
        double r = 1 / (scale * scale);
        double logTypical = LogGamma.value(count + r)
                - LogGamma.value(r)
                - LogGamma.value(count + 1)
                - r * Math.log1p(mean / r)
                - count * Math.log1p(r / mean);
        return Math.log(0.999 * Math.exp(logTypical) + 0.001 / ((count + 1) * (count + 2)));
    }

    private static double category(Categorical distribution, int code, double[] logits) {
        if (code < 0) {
            return 0;
        }
        return code == 0 || code > distribution.values()
                ? Math.log(distribution.unseenProbability())
                : Math.log1p(-distribution.unseenProbability()) + logits[code - 1] - logSumExp(logits);
    }

    private static double logPrior(Mixture prior, double[] z) {
        double[] terms = new double[prior.components()];
        for (int m = 0; m < terms.length; m++) {
            terms[m] = prior.logWeight()[m];
            for (int k = 0; k < z.length; k++) {
                int at = m * z.length + k;
                terms[m] += NormalDistribution.of(prior.mean()[at], Math.exp(prior.logVariance()[at] / 2.0))
                        .logDensity(z[k]);
            }
        }
        return logSumExp(terms);
    }

    private static double[] hidden(double[] input, List<Dense> layers) {
        double[] output = input;
        for (Dense layer : layers) {
            output = Arrays.stream(dense(output, layer))
                    .map(x -> x / (1 + Math.exp(-x)))
                    .toArray();
        }
        return output;
    }

    private static double[] dense(double[] input, Dense layer) {
        double[] output = new double[layer.outputs()];
        for (int to = 0; to < output.length; to++) {
            output[to] = layer.bias()[to];
            for (int from = 0; from < input.length; from++) {
                output[to] += input[from] * layer.weights()[from * layer.outputs() + to];
            }
        }
        return output;
    }

    private static double logSumExp(double[] terms) {
        double greatest = Arrays.stream(terms).max().orElseThrow();
        return greatest
                + Math.log(Arrays.stream(terms)
                        .map(term -> Math.exp(term - greatest))
                        .sum());
    }
}
