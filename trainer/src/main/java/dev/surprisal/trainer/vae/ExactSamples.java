package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.vae.TrainedVae.Mixture;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The latent samples of rows in double precision, and what the decoder's head puts out for each.
 *
 * @param head [L][N][outputs]
 * @param logPriorRatio [L][N] log p(z) - log q(z | x), nats
 */
record ExactSamples(double[][][] head, double[][] logPriorRatio) {

    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    /** @param noise [L][K] standard normal values that stand for eps in every row */
    static ExactSamples of(TrainedVae vae, float[][] noise, EncodedRows rows) {
        double[][] parameters = posterior(vae, rows);
        double[][][] head = new double[noise.length][][];
        double[][] logPriorRatio = new double[noise.length][rows.size()];
        LogPrior logPrior = new LogPrior(vae.prior());
        List<Layer> decoder = vae.decoder().stream().map(Layer::of).toList();
        Layer outputs = Layer.of(vae.head());
        for (int l = 0; l < noise.length; l++) {
            double[][] z = sample(parameters, noise[l]);
            head[l] = outputs.apply(hidden(Nd4j.createFromArray(z), decoder)).toDoubleMatrix();
            for (int i = 0; i < rows.size(); i++) {
                logPriorRatio[l][i] = logPrior.of(z[i]) - logPosterior(parameters[i], noise[l]);
            }
        }
        return new ExactSamples(head, logPriorRatio);
    }

    /** Of each row [mu | log sigma^2], the latter before its clamp: [N][2 K]. */
    static double[][] posterior(TrainedVae vae, EncodedRows rows) {
        List<Layer> encoder = vae.encoder().stream().map(Layer::of).toList();
        return Layer.of(vae.posterior())
                .apply(hidden(input(vae, rows), encoder))
                .toDoubleMatrix();
    }

    private static INDArray input(TrainedVae vae, EncodedRows rows) {
        Columns columns = vae.columns();
        Batch batch = new Batch(columns, new Standardisation(vae.mean(), vae.deviation()), rows.size(), 0, 0);
        batch.load(rows);
        return Nd4j.createFromArray(batch.input())
                .reshape('c', rows.size(), Batch.inputs(columns))
                .castTo(DataType.DOUBLE);
    }

    private static INDArray hidden(INDArray input, List<Layer> layers) {
        INDArray output = input;
        for (Layer layer : layers) {
            INDArray linear = layer.apply(output);
            output = linear.mul(Transforms.sigmoid(linear));
        }
        return output;
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

    static double logSumExp(double[] values) {
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

    /** y = x W + b in double precision. */
    private record Layer(INDArray weights, INDArray bias) {

        static Layer of(Dense dense) {
            return new Layer(
                    Nd4j.createFromArray(dense.weights())
                            .reshape('c', dense.inputs(), dense.outputs())
                            .castTo(DataType.DOUBLE),
                    Nd4j.createFromArray(dense.bias()).castTo(DataType.DOUBLE));
        }

        INDArray apply(INDArray input) {
            return input.mmul(weights).addRowVector(bias);
        }
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
}
