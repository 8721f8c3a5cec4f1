package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.vae.TrainedVae.Mixture;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * N(0, I). The divergence is exact: KL = -1/2 sum(1 + log sigma^2 - mu^2 - sigma^2) (Kingma and Welling 2014, appendix B); by mu it is mu, by
 * log sigma^2 1/2 (sigma^2 - 1).
 */
final class StandardNormalPrior implements Prior {

    private final INDArray terms;
    private final INDArray squares;
    private final INDArray rowSums;
    private final Product rowSum;

    StandardNormalPrior(DataType type, int size, int latent) {
        terms = Elementwise.zeros(type, size, latent);
        squares = Elementwise.zeros(type, size, latent);
        rowSums = Elementwise.zeros(type, size, 1);
        rowSum = Product.of(terms, Elementwise.ones(type, latent, 1), rowSums);
    }

    @Override
    public int pseudoInputs() {
        return 0;
    }

    @Override
    public void addDivergence(Posterior posterior, double factor, double[] perRow) {
        INDArray mean = posterior.mean();
        // log sigma^2 - mu^2 - sigma^2
        Elementwise.exp(posterior.logVariance(), terms);
        Elementwise.subtract(posterior.logVariance(), terms, terms);
        Elementwise.multiply(mean, mean, squares);
        Elementwise.subtract(terms, squares, terms);
        rowSum.set();
        Elementwise.addTimes(-0.5 * factor, rowSums, perRow);
        for (int i = 0; i < perRow.length; i++) {
            perRow[i] -= 0.5 * factor * mean.columns();
        }
    }

    @Override
    public void gradient(Posterior posterior, double beta, RowWeights weights) {
        INDArray byMean = posterior.meanGradient();
        INDArray byLogVariance = posterior.logVarianceGradient();
        posterior.mean().muli(-beta, byMean);
        weights.scale(byMean);
        Elementwise.exp(posterior.logVariance(), byLogVariance);
        byLogVariance.subi(1);
        byLogVariance.muli(-beta / 2);
        weights.scale(byLogVariance);
    }

    @Override
    public Mixture toMixture(Posterior posterior) {
        int latent = posterior.mean().columns();
        return new Mixture(1, new float[latent], new float[latent], new float[1]);
    }
}
