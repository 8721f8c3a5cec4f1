package dev.surprisal.schemas.model;

/**
 * What is usual where the value of a column is removed from a normal record, and the record is scored again without it.
 *
 * @param surprise [D+C] the median of how much the score falls: of -log p(x_j | the other columns) as far as the bounds are tight, nats
 * @param low [D] the 2.5 % quantile of (value - expected value) / scale, of number columns; the scale is that which the model states
 * @param high [D] the 97.5 % quantile of it
 */
public record Removal(double[] surprise, double[] low, double[] high) {

    public Removal {
        if (low.length != high.length || low.length > surprise.length) {
            throw new IllegalArgumentException("there are " + low.length + " lower and " + high.length
                    + " upper ends of intervals for " + surprise.length + " columns");
        }
    }
}
