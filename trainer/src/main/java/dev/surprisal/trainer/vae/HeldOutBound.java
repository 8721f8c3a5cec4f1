package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.Draw;
import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.data.RandomSubset;
import java.util.stream.IntStream;

/** The mean bound of held-out rows under a network, with the same latent noise every time. */
final class HeldOutBound {

    private static final int MOST = 2_048;

    private final EncodedRows rows;
    private final Batch batch;
    private final long seed;

    /** @param size the network's rows a batch */
    HeldOutBound(EncodedRows heldOut, Columns columns, Standardisation standardisation, int size, long seed) {
        this.seed = seed;
        int some = Math.min(MOST, heldOut.size());
        rows = heldOut.select(RandomSubset.of(heldOut.size(), some, Draw.WATCHED.seed(seed, 0)));
        batch = new Batch(columns, standardisation, size, 0, 0);
    }

    /**
     * The bound of the rows.
     *
     * @param mean nats per row
     * @param error the standard error of the mean
     */
    record Estimate(double mean, double error) {}

    /** Overwrites the network's noise and activations. */
    Estimate of(Network network) {
        double sum = 0;
        double squares = 0;
        for (int from = 0; from < rows.size(); from += batch.size()) {
            // The last batch is filled up by rows that do not count.
            int start = from;
            int[] order = IntStream.range(0, batch.size())
                    .map(i -> (start + i) % rows.size())
                    .toArray();
            batch.load(rows, order, 0, 0);
            network.drawNoise(Draw.WATCHED_LATENT.seed(seed, from));
            double[] bounds = network.bounds(batch, 1);
            for (int i = 0; i < Math.min(batch.size(), rows.size() - from); i++) {
                sum += bounds[i];
                squares += bounds[i] * bounds[i];
            }
        }
        double mean = sum / rows.size();
        double variance = Math.max(0, squares / rows.size() - mean * mean);
        return new Estimate(mean, Math.sqrt(variance / rows.size()));
    }
}
