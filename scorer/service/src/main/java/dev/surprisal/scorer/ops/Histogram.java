package dev.surprisal.scorer.ops;

import java.util.Arrays;

/**
 * How many values fell between fixed bounds; filled a batch at a time, so that a record costs a few nanoseconds and no lock.
 *
 * <p>Bucket i counts the values in (bound i-1, bound i], the last one those above all bounds. NaN is not counted.
 */
final class Histogram {

    private final double[] bounds;
    private final long[] counts;
    private double sum;

    /** @param bounds the buckets' upper bounds, ascending */
    Histogram(double... bounds) {
        this.bounds = bounds.clone();
        counts = new long[bounds.length + 1];
    }

    /**
     * What a histogram holds at one moment.
     *
     * @param bounds the buckets' upper bounds, the last one infinite
     * @param counts of each bucket alone
     * @param sum of all values
     */
    record Snapshot(double[] bounds, long[] counts, double sum) {

        /** Counts that come from elsewhere, without their sum. */
        static Snapshot of(double[] bounds, long[] counts) {
            double[] all = Arrays.copyOf(bounds, counts.length);
            all[bounds.length] = Double.POSITIVE_INFINITY;
            return new Snapshot(all, counts, Double.NaN);
        }

        long count() {
            return Arrays.stream(counts).sum();
        }

        /**
         * A quantile, between the bounds of its bucket in proportion; NaN where there are no values, the largest bound where it lies above all.
         */
        double quantile(double q) {
            double rank = q * count();
            double below = 0;
            for (int i = 0; i < counts.length && rank > 0; i++) {
                if (below + counts[i] >= rank) {
                    double low = i == 0 ? 0 : bounds[i - 1];
                    return Double.isInfinite(bounds[i]) ? low : low + (bounds[i] - low) * (rank - below) / counts[i];
                }
                below += counts[i];
            }
            return Double.NaN;
        }

        /** What has come since an earlier snapshot of the same histogram. */
        Snapshot since(Snapshot earlier) {
            long[] difference = new long[counts.length];
            Arrays.setAll(difference, i -> counts[i] - earlier.counts[i]);
            return new Snapshot(bounds, difference, sum - earlier.sum);
        }
    }

    void add(double value) {
        add(new double[] {value});
    }

    synchronized void add(double[] values) {
        for (double value : values) {
            if (!Double.isNaN(value)) {
                counts[bucket(value)]++;
                sum += value;
            }
        }
    }

    private int bucket(double value) {
        int low = 0;
        int high = bounds.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (value > bounds[middle]) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    synchronized Snapshot snapshot() {
        double[] all = Arrays.copyOf(bounds, counts.length);
        all[bounds.length] = Double.POSITIVE_INFINITY;
        return new Snapshot(all, counts.clone(), sum);
    }
}
