package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.vae.Columns.Categorical;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import java.util.Arrays;
import org.apache.commons.numbers.gamma.LogGamma;
import org.apache.commons.statistics.distribution.TDistribution;

/** The distributions of the fields given the outputs of one autoencoder's head, in double precision. */
final class ExactFields {

    private static final double LOG_2_PI = Math.log(2 * Math.PI);
    private static final double NORMAL_QUANTILE = 1.959963984540054;

    private final TrainedVae vae;
    private final Columns columns;
    private final Standardisation standardisation;
    /** Of each category column, where in the head its logits begin. */
    private final int[] firstLogit;
    /** Of each number column, where in the head the logarithm of its variance stands; -1 where it does not. */
    private final int[] varianceOutput;
    /** Of each number column the variance around its prediction, in its own unit, where z has no say in it. Its quantiles are costly. */
    private final double[] fixedVariance;

    private final double[] logOfStudentT;

    ExactFields(TrainedVae vae) {
        this.vae = vae;
        columns = vae.columns();
        standardisation = new Standardisation(vae.mean(), vae.deviation());
        firstLogit = new int[columns.categories().size()];
        int d = columns.numbers().size();
        varianceOutput = new int[d];
        fixedVariance = new double[d];
        logOfStudentT = new double[d];
        for (int column = 0; column < d; column++) {
            logOfStudentT[column] = logOfStudentT(vae.scale()[column], vae.degreesOfFreedom()[column]);
            boolean heteroscedastic = columns.numbers().get(column) == NumberLikelihood.HETEROSCEDASTIC;
            varianceOutput[column] = heteroscedastic ? columns.varianceOutput(column) : -1;
            fixedVariance[column] = fixedVariance(column);
        }
        int at = d;
        for (int column = 0; column < firstLogit.length; column++) {
            firstLogit[column] = at;
            at += columns.categories().get(column).values();
        }
    }

    /** log p(x_j | z), nats; 0 where missing. Numbers come first. */
    double logProbability(EncodedRows rows, int row, int field, double[] head) {
        int d = columns.numbers().size();
        if (field < d) {
            return number(field, rows.numbers()[row * d + field], head);
        }
        int code = rows.categories()[row * rows.categoryColumns() + field - d];
        return code < 0 ? 0 : category(field - d, code, head);
    }

    private double number(int column, float value, double[] head) {
        if (Float.isNaN(value)) {
            return 0;
        }
        double output = head[column];
        double residual = standardisation.apply(column, value) - output;
        double variance = (double) vae.scale()[column] * vae.scale()[column];
        return switch (columns.numbers().get(column)) {
            case GAUSSIAN -> normal(residual, variance);
            case HETEROSCEDASTIC -> normal(residual, latentVariance(column, head));
            case STUDENT_T -> {
                double v = vae.degreesOfFreedom()[column];
                yield logOfStudentT[column] - (v + 1) / 2 * Math.log1p(residual * residual / (v * variance));
            }
            case BERNOULLI -> {
                double agreement = value >= 0.5f ? output : -output;
                yield Math.min(agreement, 0) - Math.log1p(Math.exp(-Math.abs(agreement)));
            }
            case NEGATIVE_BINOMIAL ->
                NegativeBinomial.logProbability(NegativeBinomial.count(value), logMean(column, output), 1 / variance);
        };
    }

    private static double normal(double residual, double variance) {
        return -0.5 * (LOG_2_PI + Math.log(variance) + residual * residual / variance);
    }

    /** The part of Student's log-density that does not depend on the value: log G((v+1)/2) - log G(v/2) - 1/2 log(v pi s^2). */
    private static double logOfStudentT(double scale, double v) {
        return LogGamma.value((v + 1) / 2) - LogGamma.value(v / 2) - 0.5 * Math.log(v * Math.PI * scale * scale);
    }

    private double category(int column, int code, double[] head) {
        Categorical distribution = columns.categories().get(column);
        if (code == 0 || code > distribution.values()) {
            return Math.log(distribution.unseenProbability());
        }
        double[] logits = logits(column, head);
        return Math.log1p(-distribution.unseenProbability()) + logits[code - 1] - ExactSamples.logSumExp(logits);
    }

    boolean isBoolean(int column) {
        return columns.numbers().get(column) == NumberLikelihood.BERNOULLI;
    }

    private boolean isCount(int column) {
        return columns.numbers().get(column) == NumberLikelihood.NEGATIVE_BINOMIAL;
    }

    private double latentVariance(int column, double[] head) {
        return LatentVariance.of(head[varianceOutput[column]]);
    }

    private double logMean(int column, double output) {
        return NegativeBinomial.logMean(NegativeBinomial.start(vae.mean()[column]), output);
    }

    /** The predicted number in its own unit; of a boolean the probability of 1. */
    double predicted(int column, double[] head) {
        if (isCount(column)) {
            return Math.exp(logMean(column, head[column]));
        }
        return isBoolean(column)
                ? 1 / (1 + Math.exp(-head[column]))
                : head[column] * vae.deviation()[column] + vae.mean()[column];
    }

    /** The variance of a number around its prediction, in its own unit; Student's t told as the normal distribution with the same central 95 %. */
    double variance(int column, double[] head) {
        if (isCount(column)) {
            double mean = predicted(column, head);
            return mean + Math.pow(vae.scale()[column] * mean, 2);
        }
        return varianceOutput[column] < 0
                ? fixedVariance[column]
                : latentVariance(column, head) * Math.pow(vae.deviation()[column], 2);
    }

    private double fixedVariance(int column) {
        double deviation = vae.scale()[column] * (double) vae.deviation()[column];
        if (columns.numbers().get(column) == NumberLikelihood.STUDENT_T) {
            deviation *= TDistribution.of(vae.degreesOfFreedom()[column]).inverseCumulativeProbability(0.975)
                    / NORMAL_QUANTILE;
        }
        return deviation * deviation;
    }

    /** The probabilities of a category's known values, among each other. */
    double[] probabilities(int column, double[] head) {
        double[] logits = logits(column, head);
        double logSum = ExactSamples.logSumExp(logits);
        return Arrays.stream(logits).map(logit -> Math.exp(logit - logSum)).toArray();
    }

    private double[] logits(int column, double[] head) {
        int from = firstLogit[column];
        return Arrays.copyOfRange(
                head, from, from + columns.categories().get(column).values());
    }
}
