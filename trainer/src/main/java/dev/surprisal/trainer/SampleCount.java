package dev.surprisal.trainer;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.export.LatentNoise;
import dev.surprisal.trainer.vae.TrainedVae;
import dev.surprisal.trainer.vae.VaeScores;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How many latent samples L a model's graph has, and how far they are from the limit of many: the fewest whose ELBO differs on held-out records, root mean square, from that of {@value #MANY} samples by at most a tenth of the
 * records' own standard deviation, so that sampling adds at most a hundredth to the variance of the scores.
 *
 * <p>On four public tables (cardio, thyroid, breastw, pendigits) the error is, in hundredths of that deviation, 7, 6, 4 and 14 with 4 samples, 7, 4, 3 and 9 with 8, 4, 3, 2 and 6 with 16, and 4, 1, 2 and 4 with 32. Fewer than 16 are
 * not taken though 8 would do: what is expected of fields is told by samples that are weighed, of which few remain, and from 16 on a graph gives a record the same bits in a batch of any size. More than 32 would cost
 * more than they tell.
 *
 * @param samples L, per member
 * @param elboError nats
 * @param logLikelihoodError of the importance-weighted bound, nats; it falls far more slowly
 * @param spread the standard deviation of the held-out records' ELBO, nats
 */
record SampleCount(int samples, double elboError, double logLikelihoodError, double spread) {

    private static final int[] CANDIDATES = {16, 32};
    private static final int MANY = 512;
    private static final int MOST_ROWS = 128;
    private static final double SHARE = 0.1;

    static SampleCount choose(List<TrainedVae> members, EncodedRows heldOut) {
        int count = Math.min(MOST_ROWS, heldOut.size());
        EncodedRows rows = heldOut.select(IntStream.range(0, count)
                .mapToLong(i -> (long) i * heldOut.size() / count)
                .toArray());
        int latent = members.get(0).latentSize();
        VaeScores limit = VaeScores.of(members, LatentNoise.of(MANY, latent), rows);
        double mean = Arrays.stream(limit.elbo()).average().orElseThrow();
        double spread = distance(
                limit.elbo(), IntStream.range(0, count).mapToDouble(i -> mean).toArray());
        SampleCount chosen = null;
        for (int samples : CANDIDATES) {
            VaeScores scores = VaeScores.of(members, LatentNoise.of(samples, latent), rows);
            chosen = new SampleCount(
                    samples,
                    distance(scores.elbo(), limit.elbo()),
                    distance(scores.logLikelihood(), limit.logLikelihood()),
                    spread);
            if (chosen.elboError <= SHARE * spread) {
                break;
            }
        }
        return chosen;
    }

    /** Root mean square. */
    private static double distance(double[] a, double[] b) {
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            squares += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(squares / a.length);
    }
}
