package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.EncodedRows;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * How much of its latent space an autoencoder uses.
 *
 * <p>Unit k is active where the variance over records of mu_k(x) exceeds {@value #ACTIVE} (Burda et al. 2016, section 5.2). Where hardly one is, the posterior has collapsed onto the prior:
 * the decoder ignores z and takes every field for itself.
 *
 * @param variance over the records of mu_k(x); of an ensemble [members K], one member after the other
 */
public record LatentUnits(double[] variance) {

    private static final double ACTIVE = 0.01;
    /** The share of active units below which a posterior counts as collapsed: one of the usual 16 is too few. */
    private static final double FEW = 0.1;

    /** So many of the encoder's inputs are in memory at a time. */
    private static final int CHUNK = 1 << 22;

    private static final int MOST = 10_000;

    /** Measures autoencoders on records that were not fitted, the first 10,000 of them. */
    public static LatentUnits of(List<TrainedVae> members, EncodedRows heldOut) {
        return new LatentUnits(members.stream()
                .flatMapToDouble(member -> Arrays.stream(variance(member, heldOut)))
                .toArray());
    }

    /** mu [N][K] of the first records, at most so many. */
    public static double[][] means(TrainedVae vae, EncodedRows rows, int most) {
        EncodedRows first =
                rows.select(LongStream.range(0, Math.min(most, rows.size())).toArray());
        return Arrays.stream(ExactSamples.posterior(vae, first))
                .map(row -> Arrays.copyOf(row, vae.latentSize()))
                .toArray(double[][]::new);
    }

    /** By the recurrence of Welford (1962). */
    private static double[] variance(TrainedVae vae, EncodedRows heldOut) {
        int latent = vae.latentSize();
        int n = Math.min(MOST, heldOut.size());
        double[] mean = new double[latent];
        double[] squares = new double[latent];
        int count = 0;
        int most = Math.max(1, CHUNK / Batch.inputs(vae.columns()));
        for (int from = 0; from < n; from += most) {
            EncodedRows chunk = heldOut.select(
                    LongStream.range(from, Math.min(n, from + most)).toArray());
            for (double[] row : ExactSamples.posterior(vae, chunk)) {
                count++;
                for (int k = 0; k < latent; k++) {
                    double difference = row[k] - mean[k];
                    mean[k] += difference / count;
                    squares[k] += difference * (row[k] - mean[k]);
                }
            }
        }
        int records = count;
        return Arrays.stream(squares).map(sum -> sum / records).toArray();
    }

    /** How many units there are. */
    public int count() {
        return variance.length;
    }

    /** How many of them are active. */
    public int active() {
        return (int) Arrays.stream(variance).filter(v -> v > ACTIVE).count();
    }

    /** Whether none or almost none of so many units is active. */
    public static boolean haveCollapsed(int active, int count) {
        return active < FEW * count;
    }
}
