package dev.surprisal.trainer.export;

import java.util.Random;
import org.apache.commons.math3.random.SobolSequenceGenerator;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * Fixed quasi-random normals that stand for eps in every record: a Sobol sequence, shifted at random, through the inverse of the normal distribution function.
 *
 * <p>They fill the space more evenly than random ones, so the mean over L of them lies nearer to the expectation (Owen 1998). Without the shift the first point would lie at minus
 * infinity.
 */
public final class LatentNoise {

    private static final long SEED = 20_140_416;
    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

    private LatentNoise() {}

    /** [L][K] values; the same for the same L and K. */
    public static float[][] of(int samples, int latent) {
        SobolSequenceGenerator sobol = new SobolSequenceGenerator(latent);
        double[] shift = new Random(SEED).doubles(latent).toArray();
        float[][] noise = new float[samples][latent];
        for (float[] point : noise) {
            double[] uniform = sobol.nextVector();
            for (int k = 0; k < latent; k++) {
                double shifted = (uniform[k] + shift[k]) % 1;
                point[k] = (float) NORMAL.inverseCumulativeProbability(Math.max(shifted, Double.MIN_NORMAL));
            }
        }
        return noise;
    }
}
