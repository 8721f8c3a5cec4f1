package dev.surprisal.trainer.vae;

import java.util.Arrays;
import org.apache.commons.numbers.gamma.Digamma;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Negative binomial distributions of counts, of which the decoder gives the logarithms of the means in proportion to the training means; one learned scale s a column. See {@link
 * NegativeBinomial}.
 *
 * <p>Of log NB by log m: r (x - m) / (r + m); by r: psi(x+r) - psi(r) - log(1 + m/r) - (x - m) / (r + m). Both times the share of NB in the probability. s = exp(a) with a in [-3.5, 3.5]: large counts keep a deviation of at least 3 % of their mean, so
 * that columns which the decoder reconstructs perfectly do not decide every score.
 *
 * <p>In plain Java, in double precision: most counts are 0, and need none of the costly functions.
 */
final class NegativeBinomialLikelihood implements Likelihood {

    private static final double GREATEST_LOG = 3.5;

    private final int[] columns;
    private final int size;
    private final RowWeights weights;
    private final Parameters.Block logScale;
    private final double[] start;
    /** [N, columns]; NaN = missing. */
    private final double[] counts;
    /** [N, columns] of the head; after the gradient, that. */
    private final double[] values;
    /** [N, columns] the share of the negative binomial part in the probability. */
    private final double[] shares;

    NegativeBinomialLikelihood(Parameters parameters, int[] columns, int size, RowWeights weights) {
        this.columns = columns;
        this.size = size;
        this.weights = weights;
        logScale = parameters.add(1, columns.length);
        start = new double[columns.length];
        counts = new double[size * columns.length];
        values = new double[size * columns.length];
        shares = new double[size * columns.length];
    }

    @Override
    public int[] headColumns() {
        return columns;
    }

    @Override
    public void initialise() {
        logScale.values().assign(0);
    }

    @Override
    public void load(Batch batch) {
        Arrays.setAll(start, j -> NegativeBinomial.start(batch.mean(columns[j])));
        for (int i = 0, at = 0; i < size; i++) {
            for (int j = 0; j < columns.length; j++, at++) {
                counts[at] = batch.count(i, columns[j]);
            }
        }
    }

    @Override
    public void addLogProbability(INDArray output, double[] perRow) {
        Elementwise.get(output, values);
        for (int j = 0; j < columns.length; j++) {
            double r = r(j);
            for (int i = 0, at = j; i < size; i++, at += columns.length) {
                if (!Double.isNaN(counts[at])) {
                    double logTypical = NegativeBinomial.logTypical(counts[at], logMean(j, values[at]), r);
                    double logProbability = NegativeBinomial.logProbability(counts[at], logTypical);
                    shares[at] = (1 - NegativeBinomial.ANY_SIZE) * Math.exp(logTypical - logProbability);
                    perRow[i] += logProbability;
                }
            }
        }
    }

    @Override
    public void gradient(INDArray output, INDArray gradient) {
        for (int j = 0; j < columns.length; j++) {
            double r = r(j);
            double digammaOfR = Digamma.value(r);
            double byR = 0;
            for (int i = 0, at = j; i < size; i++, at += columns.length) {
                double count = counts[at];
                if (Double.isNaN(count)) {
                    values[at] = 0;
                    continue;
                }
                double logMean = logMean(j, values[at]);
                double mean = Math.exp(logMean);
                double difference = (count - mean) / (r + mean);
                double digammas = count == 0 ? 0 : Digamma.value(count + r) - digammaOfR;
                byR += weights.of(i) * shares[at] * (digammas - Math.log1p(mean / r) - difference);
                boolean free =
                        logMean > NegativeBinomial.LEAST_LOG_MEAN && logMean < NegativeBinomial.GREATEST_LOG_MEAN;
                values[at] = free ? shares[at] * r * difference : 0;
            }
            double a = logScale.values().getDouble(0, j);
            logScale.gradient().putScalar(0, j, Math.abs(a) < GREATEST_LOG ? byR * -2 * r : 0);
        }
        Elementwise.put(values, gradient);
    }

    @Override
    public void describe(float[] scale, float[] degreesOfFreedom) {
        for (int j = 0; j < columns.length; j++) {
            scale[columns[j]] = (float) (1 / Math.sqrt(r(j)));
        }
    }

    private double logMean(int j, double output) {
        return NegativeBinomial.logMean(start[j], output);
    }

    /** 1 / s^2 */
    private double r(int j) {
        double a = logScale.values().getDouble(0, j);
        return Math.exp(-2 * Math.max(-GREATEST_LOG, Math.min(GREATEST_LOG, a)));
    }
}
