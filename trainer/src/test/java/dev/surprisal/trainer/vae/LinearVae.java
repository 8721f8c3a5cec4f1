package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import dev.surprisal.trainer.vae.TrainedVae.Mixture;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * An autoencoder whose log p(x) is known: x = W z + s e with z and e standard normal, so that x ~ N(0, W W' + s^2 I); q(z | x) = N(A x, diag(v)).
 *
 * <p>Its layers are linear, though hidden ones have SiLU: silu(x) - silu(-x) = x.
 *
 * @param loadings W [D][K]
 * @param deviation s
 * @param projection A [K][D]
 * @param variance v [K]
 */
record LinearVae(double[][] loadings, double deviation, double[][] projection, double[] variance) {

    /** Two latent dimensions behind five numbers, with the true posterior; it is diagonal, as the columns of W are orthogonal. */
    static LinearVae exact() {
        double[][] w = {{1, 0.5}, {1, -0.5}, {1, 0.5}, {1, -0.5}, {0.5, 0}};
        double s = 0.6;
        double[] variance = new double[2];
        double[][] projection = new double[2][5];
        for (int k = 0; k < 2; k++) {
            double norm = 0;
            for (double[] row : w) {
                norm += row[k] * row[k];
            }
            // The posterior's precision is I + W'W / s^2, its mean is that to the power -1 times W'x / s^2.
            variance[k] = 1 / (1 + norm / (s * s));
            for (int j = 0; j < 5; j++) {
                projection[k][j] = variance[k] * w[j][k] / (s * s);
            }
        }
        return new LinearVae(w, s, projection, variance);
    }

    /** The same with another q: its mean too near to 0, and too wide. */
    LinearVae withWorsePosterior() {
        double[][] shrunk = Arrays.stream(projection)
                .map(row -> Arrays.stream(row).map(a -> 0.8 * a).toArray())
                .toArray(double[][]::new);
        return new LinearVae(
                loadings,
                deviation,
                shrunk,
                Arrays.stream(variance).map(v -> 1.5 * v).toArray());
    }

    EncodedRows sample(int size, Random random) {
        int d = loadings.length;
        float[] numbers = new float[size * d];
        for (int i = 0; i < size; i++) {
            double[] z = random.doubles(variance.length)
                    .map(ignored -> random.nextGaussian())
                    .toArray();
            for (int j = 0; j < d; j++) {
                double value = deviation * random.nextGaussian();
                for (int k = 0; k < z.length; k++) {
                    value += loadings[j][k] * z[k];
                }
                numbers[i * d + j] = (float) value;
            }
        }
        return new EncodedRows(size, d, 0, numbers, new int[0]);
    }

    TrainedVae vae() {
        int d = loadings.length;
        int latent = variance.length;
        double[][] toPosterior = new double[d][2 * latent];
        float[] bias = new float[2 * latent];
        for (int k = 0; k < latent; k++) {
            for (int j = 0; j < d; j++) {
                toPosterior[j][k] = projection[k][j];
            }
            bias[latent + k] = (float) Math.log(variance[k]);
        }
        double[][] toHead = new double[latent][d];
        for (int k = 0; k < latent; k++) {
            for (int j = 0; j < d; j++) {
                toHead[k][j] = loadings[j][k];
            }
        }
        float[] ones = new float[d];
        Arrays.fill(ones, 1);
        float[] scale = new float[d];
        Arrays.fill(scale, (float) deviation);
        float[] degrees = new float[d];
        Arrays.fill(degrees, Float.POSITIVE_INFINITY);
        return new TrainedVae(
                new Columns(Collections.nCopies(d, NumberLikelihood.GAUSSIAN), List.of()),
                new float[d],
                ones,
                List.of(bothSigns(d)),
                fromBothSigns(toPosterior, bias),
                List.of(bothSigns(latent)),
                fromBothSigns(toHead, new float[d]),
                scale,
                degrees,
                new Mixture(1, new float[latent], new float[latent], new float[1]));
    }

    /** log N(x; 0, W W' + s^2 I) of each row, by the Cholesky decomposition L L' of the covariance. */
    double[] logDensity(EncodedRows rows) {
        int d = loadings.length;
        double[][] cholesky = new double[d][d];
        double logDeterminant = 0;
        for (int i = 0; i < d; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = i == j ? deviation * deviation : 0;
                for (int k = 0; k < variance.length; k++) {
                    sum += loadings[i][k] * loadings[j][k];
                }
                for (int k = 0; k < j; k++) {
                    sum -= cholesky[i][k] * cholesky[j][k];
                }
                cholesky[i][j] = i == j ? Math.sqrt(sum) : sum / cholesky[j][j];
            }
            logDeterminant += 2 * Math.log(cholesky[i][i]);
        }
        double[] logDensity = new double[rows.size()];
        for (int n = 0; n < logDensity.length; n++) {
            double[] solved = new double[d];
            double squares = 0;
            for (int i = 0; i < d; i++) {
                double sum = rows.numbers()[n * d + i];
                for (int k = 0; k < i; k++) {
                    sum -= cholesky[i][k] * solved[k];
                }
                solved[i] = sum / cholesky[i][i];
                squares += solved[i] * solved[i];
            }
            logDensity[n] = -0.5 * (d * Math.log(2 * Math.PI) + logDeterminant + squares);
        }
        return logDensity;
    }

    /** Hidden units silu(x) and silu(-x) of each input. */
    private static Dense bothSigns(int inputs) {
        float[] weights = new float[inputs * 2 * inputs];
        for (int i = 0; i < inputs; i++) {
            weights[i * 2 * inputs + i] = 1;
            weights[i * 2 * inputs + inputs + i] = -1;
        }
        return new Dense(inputs, 2 * inputs, weights, new float[2 * inputs]);
    }

    /** The layer that makes a linear one of them. */
    private static Dense fromBothSigns(double[][] matrix, float[] bias) {
        int inputs = matrix.length;
        int outputs = bias.length;
        float[] weights = new float[2 * inputs * outputs];
        for (int i = 0; i < inputs; i++) {
            for (int j = 0; j < outputs; j++) {
                weights[i * outputs + j] = (float) matrix[i][j];
                weights[(inputs + i) * outputs + j] = (float) -matrix[i][j];
            }
        }
        return new Dense(2 * inputs, outputs, weights, bias);
    }
}
