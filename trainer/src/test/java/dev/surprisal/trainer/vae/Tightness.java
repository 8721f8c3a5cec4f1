package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.EncodedRows;
import java.util.Arrays;
import java.util.Random;

/**
 * The importance-weighted bound log 1/L sum_l p(x, z_l) / q(z_l | x) for growing L (Burda et al. 2016), with the same samples for every L: those of one are those of the next, taken
 * together in pairs. Then it cannot fall, whatever the samples, as the logarithm is concave.
 */
final class Tightness {

    /** log p(x, z) / q(z | x) [L][N] */
    private final double[][] logRatio;

    /** @param samples L at its greatest */
    Tightness(TrainedVae vae, EncodedRows rows, int samples, Random random) {
        logRatio = new double[samples][];
        for (int l = 0; l < samples; l++) {
            float[] eps = new float[vae.latentSize()];
            for (int k = 0; k < eps.length; k++) {
                eps[k] = (float) random.nextGaussian();
            }
            logRatio[l] = VaeScores.of(vae, new float[][] {eps}, rows).elbo();
        }
    }

    /** The bound of each row with L samples, which divides their number, in the mean over the groups of so many. */
    double[] bound(int samples) {
        double[] bound = new double[logRatio[0].length];
        double[] group = new double[samples];
        for (int n = 0; n < bound.length; n++) {
            int row = n;
            for (int from = 0; from < logRatio.length; from += samples) {
                int start = from;
                Arrays.setAll(group, l -> logRatio[start + l][row]);
                bound[n] += ExactSamples.logSumExp(group) - Math.log(samples);
            }
            bound[n] /= (double) logRatio.length / samples;
        }
        return bound;
    }
}
