package dev.surprisal.trainer.export;

import java.util.SplittableRandom;
import org.apache.commons.math3.random.SobolSequenceGenerator;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * Fixed quasi-random normals that stand for eps in every record: a Sobol sequence with Owen's nested scrambling, through the inverse of the normal distribution function.
 *
 * <p>They fill the space more evenly than random ones, so the mean over L of them lies nearer to the expectation. Scrambled, each point by itself is evenly distributed, so that no place is left out for
 * good, and the net keeps its evenness: of the first 2^m points, in each dimension one lies in each of 2^m equal intervals (Owen 1995, 1998).
 */
public final class LatentNoise {

    private static final long SEED = 20_140_416;
    private static final int BITS = 32;
    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

    private LatentNoise() {}

    /** [L][K] values; the same for the same L and K, and the first of those of a greater L. */
    public static float[][] of(int samples, int latent) {
        SobolSequenceGenerator sobol = new SobolSequenceGenerator(latent);
        float[][] noise = new float[samples][latent];
        for (float[] point : noise) {
            double[] uniform = sobol.nextVector();
            for (int k = 0; k < latent; k++) {
                long scrambled = scramble((long) Math.scalb(uniform[k], BITS), k);
                // The middle of what the bits tell, so neither 0 nor 1.
                point[k] = (float) NORMAL.inverseCumulativeProbability(Math.scalb(scrambled + 0.5, -BITS));
            }
        }
        return noise;
    }

    /** Flips each bit or not, as a random function of the dimension and of all bits before it says. */
    private static long scramble(long bits, int dimension) {
        long scrambled = 0;
        for (int bit = 0; bit < BITS; bit++) {
            int place = BITS - 1 - bit;
            // A 1 in front tells prefixes of different lengths apart.
            long prefix = (1L << bit) | (bits >> (place + 1));
            long flip = new SplittableRandom(SEED + ((long) dimension << (BITS + 1)) + prefix).nextInt(2);
            scrambled |= (((bits >> place) & 1) ^ flip) << place;
        }
        return scrambled;
    }
}
