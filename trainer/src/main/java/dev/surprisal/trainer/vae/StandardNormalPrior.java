package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.vae.TrainedVae.Mixture;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * N(0, I). The divergence is exact: KL = -1/2 sum(1 + log sigma^2 - mu^2 - sigma^2) (Kingma and Welling 2014, appendix B); by mu it is mu, by
 * log sigma^2 1/2 (sigma^2 - 1).
 */
final class StandardNormalPrior implements Prior {

    @Override
    public int pseudoInputs() {
        return 0;
    }

    @Override
    public double divergence(Posterior posterior, double beta) {
        INDArray mean = posterior.mean();
        INDArray logVariance = posterior.logVariance();
        INDArray byMean = posterior.meanGradient();
        INDArray byLogVariance = posterior.logVarianceGradient();

        Elementwise.exp(logVariance, byLogVariance);
        double variances = byLogVariance.sumNumber().doubleValue();
        Elementwise.multiply(mean, mean, byMean);
        double squares = byMean.sumNumber().doubleValue();
        double divergence = -0.5 * (mean.length() + logVariance.sumNumber().doubleValue() - squares - variances);

        mean.muli(-beta, byMean);
        byLogVariance.subi(1);
        byLogVariance.muli(-beta / 2);
        return divergence;
    }

    @Override
    public Mixture toMixture(Posterior posterior) {
        int latent = posterior.mean().columns();
        return new Mixture(1, new float[latent], new float[latent], new float[1]);
    }
}
