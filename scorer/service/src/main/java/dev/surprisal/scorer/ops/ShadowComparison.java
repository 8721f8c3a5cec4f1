package dev.surprisal.scorer.ops;

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
     * @param meanSurprise by the model, bits; NaN where there are no records
     * @param shadowMeanSurprise by the shadow, bits
     * @param correlation of their surprises over the records, in [-1, 1]; NaN where either does not vary
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
            double meanSurprise,
            double shadowMeanSurprise,
            double correlation,
            long[][] bins) {}

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
        double mean = sum / records;
        double shadowMean = shadowSum / records;
        double variance = squares / records - mean * mean;
        double shadowVariance = shadowSquares / records - shadowMean * shadowMean;
        double covariance = products / records - mean * shadowMean;
        double correlation = variance > 0 && shadowVariance > 0
                ? Math.max(-1, Math.min(1, covariance / Math.sqrt(variance * shadowVariance)))
                : Double.NaN;
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
                mean,
                shadowMean,
                correlation,
                Arrays.stream(bins).map(long[]::clone).toArray(long[][]::new));
    }
}
