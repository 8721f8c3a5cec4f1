package dev.surprisal.trainer.vae;

import java.util.List;

/**
 * The columns of a model's input row, with the likelihood that each has under the decoder.
 *
 * @param numbers one likelihood per number column, in input order; D of them
 * @param categories one per category column, in input order; C of them
 */
public record Columns(List<NumberLikelihood> numbers, List<Categorical> categories) {

    public Columns {
        numbers = List.copyOf(numbers);
        categories = List.copyOf(categories);
        if (numbers.isEmpty() && categories.isEmpty()) {
            throw new IllegalArgumentException("a model needs at least one column");
        }
    }

    /** The distribution of a number given the latent variable. */
    public enum NumberLikelihood {
        /** A normal distribution around the decoder's mean; one learned scale per column. */
        GAUSSIAN,
        /** A normal distribution of which the decoder gives the mean and the variance; see {@link LatentVariance}. */
        HETEROSCEDASTIC,
        /** Student's t around the decoder's mean; one learned scale and one learned number of degrees of freedom per column. */
        STUDENT_T,
        /** A value that is 0 or 1; the decoder gives its log-odds. */
        BERNOULLI,
        /** Counts around a mean of which the decoder gives the logarithm, in proportion to the training mean; one learned scale per column. */
        NEGATIVE_BINOMIAL
    }

    /**
     * The distribution of a category given the latent variable: a softmax over the known values, and a fixed mass for
     * all that training never saw.
     *
     * <p>p(0) = u; p(c) = (1 - u) softmax_c(logits) for c in 1..V.
     *
     * @param values how many values training knows, V, at least 1; their codes are 1..V, 0 is any other value, -1 is missing
     * @param unseenProbability u, in (0, 1): the Good-Turing estimate of the mass of unseen values (Good 1953)
     */
    public record Categorical(int values, double unseenProbability) {
        public Categorical {
            if (values < 1) {
                throw new IllegalArgumentException("a category column needs at least one known value");
            }
            if (!(unseenProbability > 0 && unseenProbability < 1)) {
                throw new IllegalArgumentException("the mass of unseen values must lie in (0, 1)");
            }
        }
    }

    /**
     * Where among the head's outputs the logarithm of a heteroscedastic column's variance stands: they come last, behind one output for each number and the logits.
     *
     * @param column among the number columns
     */
    public int varianceOutput(int column) {
        return numbers.size() + oneHotWidth() + heteroscedastic(column);
    }

    /** How many outputs the decoder's head has. */
    public int headOutputs() {
        return numbers.size() + oneHotWidth() + heteroscedastic(numbers.size());
    }

    /** How many of the first number columns are heteroscedastic. */
    private int heteroscedastic(int columns) {
        return (int) numbers.subList(0, columns).stream()
                .filter(kind -> kind == NumberLikelihood.HETEROSCEDASTIC)
                .count();
    }

    /** How many values the category columns know together: the width of their one-hot encoding, and of their logits. */
    public int oneHotWidth() {
        return categories.stream().mapToInt(Categorical::values).sum();
    }
}
