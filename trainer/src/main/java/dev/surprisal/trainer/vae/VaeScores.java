package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.vae.Columns.Categorical;
import dev.surprisal.trainer.vae.TrainedVae.Mixture;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.numbers.gamma.LogGamma;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The scores of rows by the trainer's own arithmetic, in double precision and with the formulas written out: what an exported graph is checked against.
 *
 * @param elbo [N] mean over the samples of log p(x|z) + log p(z) - log q(z|x), nats
 * @param logLikelihood [N] log 1/L sum exp(log p(x|z) + log p(z) - log q(z|x)), nats
 * @param reconstructionLogProbability [N] mean over the samples of log p(x|z), nats
 * @param fieldLogProbability [N][D+C] mean over the samples of each column's log p(x|z), nats
 */
public record VaeScores(
        double[] elbo, double[] logLikelihood, double[] reconstructionLogProbability, double[][] fieldLogProbability) {

    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    /**
     * Scores rows.
     *
     * @param noise [L][K] standard normal values that stand for eps in every row
     */
    public static VaeScores of(TrainedVae vae, float[][] noise, EncodedRows rows) {
        int n = rows.size();
        int samples = noise.length;
        int fields = rows.numberColumns() + rows.categoryColumns();
        VaeScores scores = new VaeScores(new double[n], new double[n], new double[n], new double[n][fields]);
        INDArray posterior = dense(hidden(input(vae, rows), vae.encoder()), vae.posterior());
        double[][] parameters = posterior.toDoubleMatrix();
        double[][] logRatio = new double[n][samples];
        LogPrior logPrior = new LogPrior(vae.prior());
        for (int l = 0; l < samples; l++) {
            double[][] z = sample(parameters, noise[l]);
            double[][] head = dense(hidden(Nd4j.createFromArray(z), vae.decoder()), vae.head())
                    .toDoubleMatrix();
            for (int i = 0; i < n; i++) {
                double logLikelihood = 0;
                for (int j = 0; j < fields; j++) {
                    double field = field(vae, rows, head[i], i, j);
                    scores.fieldLogProbability[i][j] += field / samples;
                    logLikelihood += field;
                }
                scores.reconstructionLogProbability[i] += logLikelihood / samples;
                logRatio[i][l] = logLikelihood + logPrior.of(z[i]) - logPosterior(parameters[i], noise[l]);
                scores.elbo[i] += logRatio[i][l] / samples;
            }
        }
        for (int i = 0; i < n; i++) {
            scores.logLikelihood[i] = logSumExp(logRatio[i]) - Math.log(samples);
        }
        return scores;
    }

    private static INDArray input(TrainedVae vae, EncodedRows rows) {
        Columns columns = vae.columns();
        Batch batch = new Batch(columns, new Standardisation(vae.mean(), vae.deviation()), rows.size(), 0);
        batch.load(rows);
        return Nd4j.createFromArray(batch.input())
                .reshape('c', rows.size(), Batch.inputs(columns))
                .castTo(DataType.DOUBLE);
    }

    private static INDArray hidden(INDArray input, List<Dense> layers) {
        INDArray output = input;
        for (Dense layer : layers) {
            INDArray linear = dense(output, layer);
            output = linear.mul(Transforms.sigmoid(linear));
        }
        return output;
    }

    private static INDArray dense(INDArray input, Dense layer) {
        INDArray weights = Nd4j.createFromArray(layer.weights())
                .reshape('c', layer.inputs(), layer.outputs())
                .castTo(DataType.DOUBLE);
        INDArray bias = Nd4j.createFromArray(layer.bias()).castTo(DataType.DOUBLE);
        return input.mmul(weights).addRowVector(bias);
    }

    private static double[][] sample(double[][] parameters, float[] eps) {
        int latent = eps.length;
        double[][] z = new double[parameters.length][latent];
        for (int i = 0; i < z.length; i++) {
            for (int k = 0; k < latent; k++) {
                z[i][k] = parameters[i][k] + Math.exp(logVariance(parameters[i], k, latent) / 2) * eps[k];
            }
        }
        return z;
    }

    private static double logVariance(double[] parameters, int k, int latent) {
        return Math.max(TrainedVae.MIN_LOG_VARIANCE, Math.min(TrainedVae.MAX_LOG_VARIANCE, parameters[latent + k]));
    }

    /** log q(z | x) at z = mu + sigma eps. */
    private static double logPosterior(double[] parameters, float[] eps) {
        double sum = 0;
        for (int k = 0; k < eps.length; k++) {
            sum += (double) eps[k] * eps[k] + logVariance(parameters, k, eps.length) + LOG_2_PI;
        }
        return -sum / 2;
    }

    /** log p(z), component by component; what does not depend on z is computed once. */
    private static final class LogPrior {
        private final Mixture prior;
        private final double[] precision;
        private final double[] constant;

        LogPrior(Mixture prior) {
            this.prior = prior;
            int latent = prior.mean().length / prior.components();
            precision = new double[prior.mean().length];
            constant = new double[prior.components()];
            for (int i = 0; i < precision.length; i++) {
                precision[i] = Math.exp(-prior.logVariance()[i]);
                constant[i / latent] -= 0.5 * (prior.logVariance()[i] + LOG_2_PI);
            }
            for (int m = 0; m < constant.length; m++) {
                constant[m] += prior.logWeight()[m];
            }
        }

        double of(double[] z) {
            double[] energies = constant.clone();
            for (int m = 0; m < energies.length; m++) {
                double sum = 0;
                for (int k = 0; k < z.length; k++) {
                    double distance = z[k] - prior.mean()[m * z.length + k];
                    sum += distance * distance * precision[m * z.length + k];
                }
                energies[m] -= sum / 2;
            }
            return logSumExp(energies);
        }
    }

    /** log p of one column of one row, given the head's outputs; 0 where missing. */
    private static double field(TrainedVae vae, EncodedRows rows, double[] head, int row, int column) {
        int d = rows.numberColumns();
        if (column >= d) {
            int code = rows.categories()[row * rows.categoryColumns() + column - d];
            return code < 0 ? 0 : category(vae.columns(), column - d, code, head);
        }
        float value = rows.numbers()[row * d + column];
        if (Float.isNaN(value)) {
            return 0;
        }
        double standardised = new Standardisation(vae.mean(), vae.deviation()).apply(column, value);
        double residual = standardised - head[column];
        double variance = (double) vae.scale()[column] * vae.scale()[column];
        return switch (vae.columns().numbers().get(column)) {
            case GAUSSIAN -> -0.5 * (LOG_2_PI + Math.log(variance) + residual * residual / variance);
            case STUDENT_T -> studentT(residual * residual, variance, vae.degreesOfFreedom()[column]);
            case BERNOULLI -> {
                double agreement = value >= 0.5f ? head[column] : -head[column];
                yield Math.min(agreement, 0) - Math.log1p(Math.exp(-Math.abs(agreement)));
            }
        };
    }

    private static double studentT(double square, double variance, double v) {
        return LogGamma.value((v + 1) / 2)
                - LogGamma.value(v / 2)
                - 0.5 * Math.log(v * Math.PI * variance)
                - (v + 1) / 2 * Math.log1p(square / (v * variance));
    }

    private static double category(Columns columns, int column, int code, double[] head) {
        Categorical distribution = columns.categories().get(column);
        if (code == 0 || code > distribution.values()) {
            return Math.log(distribution.unseenProbability());
        }
        int from = columns.numbers().size();
        for (Categorical before : columns.categories().subList(0, column)) {
            from += before.values();
        }
        double[] logits = Arrays.copyOfRange(head, from, from + distribution.values());
        return Math.log1p(-distribution.unseenProbability()) + logits[code - 1] - logSumExp(logits);
    }

    private static double logSumExp(double[] values) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            greatest = Math.max(greatest, value);
        }
        double sum = 0;
        for (double value : values) {
            sum += Math.exp(value - greatest);
        }
        return greatest + Math.log(sum);
    }
}
