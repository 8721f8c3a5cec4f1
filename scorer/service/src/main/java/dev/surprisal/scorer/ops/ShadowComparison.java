package dev.surprisal.scorer.ops;

import dev.surprisal.scorer.instance.InstanceSummary;
import dev.surprisal.scorer.model.ServedModel;
import dev.surprisal.scorer.stream.ComparedBatch;
import java.time.Instant;
import java.util.Arrays;

/**
 * How a shadow's scores go with those of the model that scores, on the same records, as counts and sums: it takes the same memory after a record and after a billion.
 *
 * <p>What is compared is surprise, in bits, as nats differ from model to model. A flag is a score that reaches the model's alarm line; rules that look back may flag fewer.
 */
public final class ShadowComparison {

    /** How many bins of one bit each way; the last one holds all beyond. */
    static final int BINS = 16;

    private final ServedModel model;
    private final ServedModel shadow;
    private final Instant since;
    private final long[][] bins = new long[BINS][BINS];
    private long records;
    private long refusedByModel;
    private long refusedByShadow;
    private long flaggedByModel;
    private long flaggedByShadow;
    private long flaggedByBoth;
    private double sum;
    private double shadowSum;
    private double squares;
    private double shadowSquares;
    private double products;

    ShadowComparison(ServedModel model, ServedModel shadow, Instant since) {
        this.model = model;
        this.shadow = shadow;
        this.since = since;
    }

    /**
     * A comparison at one moment.
     *
     * @param modelVersion that scores
     * @param shadowVersion that only scores beside it
     * @param since when it began
     * @param records that both gave a score
     * @param refusedByModel records to which only the shadow gave one
     * @param refusedByShadow records to which only the model gave one
     * @param flaggedByModel of the records, whose score reaches the model's alarm line
     * @param flaggedByShadow whose score reaches the shadow's
     * @param flaggedByBoth whose score reaches both
     * @param sums over the records
     * @param bins [16][16] how many records have a surprise of so many whole bits by the model (first index) and by the shadow; the last holds all beyond
     */
    public record Snapshot(
            String modelVersion,
            String shadowVersion,
            Instant since,
            long records,
            long refusedByModel,
            long refusedByShadow,
            long flaggedByModel,
            long flaggedByShadow,
            long flaggedByBoth,
            Sums sums,
            long[][] bins) {

        /** By the model, bits; NaN where there are no records. */
        public double meanSurprise() {
            return sums.sum / records;
        }

        /** By the shadow, bits. */
        public double shadowMeanSurprise() {
            return sums.shadowSum / records;
        }

        /** Of their surprises over the records, in [-1, 1]; NaN where either does not vary. */
        public double correlation() {
            double mean = meanSurprise();
            double shadowMean = shadowMeanSurprise();
            double variance = sums.squares / records - mean * mean;
            double shadowVariance = sums.shadowSquares / records - shadowMean * shadowMean;
            double covariance = sums.products / records - mean * shadowMean;
            return variance > 0 && shadowVariance > 0
                    ? Math.max(-1, Math.min(1, covariance / Math.sqrt(variance * shadowVariance)))
                    : Double.NaN;
        }

        /** Whether it compares the same models. */
        boolean isOf(String model, String shadow) {
            return modelVersion.equals(model) && shadowVersion.equals(shadow);
        }

        /** Both, of the same models on different records, as one. */
        Snapshot plus(Snapshot other) {
            long[][] both = new long[BINS][BINS];
            for (int i = 0; i < BINS; i++) {
                for (int j = 0; j < BINS; j++) {
                    both[i][j] = bins[i][j] + other.bins[i][j];
                }
            }
            return new Snapshot(
                    modelVersion,
                    shadowVersion,
                    since.isBefore(other.since) ? since : other.since,
                    records + other.records,
                    refusedByModel + other.refusedByModel,
                    refusedByShadow + other.refusedByShadow,
                    flaggedByModel + other.flaggedByModel,
                    flaggedByShadow + other.flaggedByShadow,
                    flaggedByBoth + other.flaggedByBoth,
                    sums.plus(other.sums),
                    both);
        }

        /** For other instances. */
        InstanceSummary.Comparison told() {
            return new InstanceSummary.Comparison(
                    modelVersion,
                    shadowVersion,
                    since.toEpochMilli(),
                    records,
                    refusedByModel,
                    refusedByShadow,
                    flaggedByModel,
                    flaggedByShadow,
                    flaggedByBoth,
                    sums.sum,
                    sums.shadowSum,
                    sums.squares,
                    sums.shadowSquares,
                    sums.products,
                    Arrays.stream(bins).flatMapToLong(Arrays::stream).toArray());
        }

        /** By another instance; null where it is none, or not of this make. */
        static Snapshot of(InstanceSummary.Comparison told) {
            if (told == null || told.bins() == null || told.bins().length != BINS * BINS) {
                return null;
            }
            long[][] bins = new long[BINS][];
            Arrays.setAll(bins, i -> Arrays.copyOfRange(told.bins(), i * BINS, (i + 1) * BINS));
            return new Snapshot(
                    String.valueOf(told.modelVersion()),
                    String.valueOf(told.shadowVersion()),
                    Instant.ofEpochMilli(told.since()),
                    told.records(),
                    told.refusedByModel(),
                    told.refusedByShadow(),
                    told.flaggedByModel(),
                    told.flaggedByShadow(),
                    told.flaggedByBoth(),
                    new Sums(told.sum(), told.shadowSum(), told.squares(), told.shadowSquares(), told.products()),
                    bins);
        }
    }

    /**
     * Sums over the surprises of records, bits.
     *
     * @param sum of those by the model
     * @param shadowSum of those by the shadow
     * @param squares of those by the model
     * @param shadowSquares of those by the shadow
     * @param products of both
     */
    public record Sums(double sum, double shadowSum, double squares, double shadowSquares, double products) {
        Sums plus(Sums other) {
            return new Sums(
                    sum + other.sum,
                    shadowSum + other.shadowSum,
                    squares + other.squares,
                    shadowSquares + other.shadowSquares,
                    products + other.products);
        }
    }

    boolean isOf(ComparedBatch batch) {
        return model == batch.model() && shadow == batch.shadow();
    }

    boolean isOf(ServedModel other, ServedModel otherShadow) {
        return model == other && shadow == otherShadow;
    }

    synchronized void add(ComparedBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            double x = batch.surprise()[i];
            double y = batch.shadowSurprise()[i];
            if (Double.isNaN(x) || Double.isNaN(y)) {
                refusedByModel += Double.isNaN(x) && !Double.isNaN(y) ? 1 : 0;
                refusedByShadow += Double.isNaN(y) && !Double.isNaN(x) ? 1 : 0;
                continue;
            }
            records++;
            flaggedByModel += batch.flags()[i] ? 1 : 0;
            flaggedByShadow += batch.shadowFlags()[i] ? 1 : 0;
            flaggedByBoth += batch.flags()[i] && batch.shadowFlags()[i] ? 1 : 0;
            bins[bin(x)][bin(y)]++;
            sum += x;
            shadowSum += y;
            squares += x * x;
            shadowSquares += y * y;
            products += x * y;
        }
    }

    private static int bin(double bits) {
        return (int) Math.max(0, Math.min(BINS - 1, bits));
    }

    synchronized Snapshot snapshot() {
        return new Snapshot(
                model.card().version(),
                shadow.card().version(),
                since,
                records,
                refusedByModel,
                refusedByShadow,
                flaggedByModel,
                flaggedByShadow,
                flaggedByBoth,
                new Sums(sum, shadowSum, squares, shadowSquares, products),
                Arrays.stream(bins).map(long[]::clone).toArray(long[][]::new));
    }
}
