package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.vae.TrainedVae.Mixture;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A mixture of the encoder's own posteriors at M learned pseudo-inputs, with learned weights w (Tomczak and Welling 2018): p(z) = sum_k w_k N(z; mu_k, sigma_k^2).
 *
 * <p>The divergence is estimated by the sample: log q(z | x) - log p(z). Along z = mu + sigma eps, log q depends on log sigma^2 alone, by -1/2. With e_nk = log w_k + log N(z_n;
 * mu_k, sigma_k^2) and the responsibilities r_nk = softmax_k(e_nk), the gradient of sum_n log p(z_n) is by z_n -sum_k r_nk (z_n - mu_k) / sigma_k^2; by mu_k sum_n r_nk (z_n - mu_k) /
 * sigma_k^2; by log sigma_k^2 1/2 sum_n r_nk ((z_n - mu_k)^2 / sigma_k^2 - 1); by the logit of w_k sum_n r_nk - N w_k. Where rows have weights, r_nk
 * stands for their product with it, and N for their sum.
 */
final class VampPrior implements Prior {

    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    private final int components;
    private final int samples;
    private final float[] start;
    private final Parameters.Block pseudoInputs;
    private final Parameters.Block logits;
    private Step step;
    private double[] logWeights;

    /** @param start [M, inputs] rows of training records, where the pseudo-inputs begin */
    VampPrior(Parameters parameters, float[] start, int components, int samples) {
        this.components = components;
        this.samples = samples;
        this.start = start;
        pseudoInputs = parameters.add(components, start.length / components);
        logits = parameters.add(1, components);
    }

    /** After the parameters were allocated. */
    void initialise(Posterior posterior, Mlp.Pass encoder) {
        INDArray rows = Elementwise.zeros(logits.values().dataType(), components, start.length / components);
        Elementwise.put(start, rows);
        pseudoInputs.values().assign(rows);
        step = new Step(posterior, encoder.toInput(pseudoInputs.gradient(), samples, samples + components));
    }

    @Override
    public int pseudoInputs() {
        return components;
    }

    @Override
    public void placePseudoInputs(INDArray rows) {
        rows.assign(pseudoInputs.values());
    }

    @Override
    public void addDivergence(Posterior posterior, double factor, double[] perRow) {
        Step a = step;
        logWeights = logWeights();
        a.describeComponents(logWeights);
        a.addLogPrior(-factor, perRow);
        // log q(z | x) = -1/2 sum(eps^2 + log sigma^2 + log 2 pi)
        INDArray noise = posterior.noise();
        Elementwise.multiply(noise, noise, a.perSample);
        Elementwise.add(a.perSample, a.logVarianceOfSamples, a.perSample);
        a.perSample.addi(LOG_2_PI);
        a.sumLatent.set();
        Elementwise.addTimes(-0.5 * factor, a.rowSums, perRow);
    }

    @Override
    public void gradient(Posterior posterior, double beta, RowWeights weights) {
        Step a = step;
        posterior.meanGradient().assign(0);
        posterior.logVarianceGradient().assign(0);
        a.logVarianceGradientOfSamples.assign(beta / 2);
        weights.scale(a.logVarianceGradientOfSamples);

        weights.scale(a.energies);
        a.gradients(beta);
        for (int k = 0; k < components; k++) {
            double byLogit = a.weightSums.getDouble(k, 0) - weights.sum() * Math.exp(logWeights[k]);
            logits.gradient().putScalar(0, k, beta * byLogit);
        }
    }

    @Override
    public void backward() {
        step.toPseudoInputs.set();
    }

    @Override
    public Mixture toMixture(Posterior posterior) {
        double[] logWeights = logWeights();
        float[] logWeight = new float[components];
        for (int k = 0; k < components; k++) {
            logWeight[k] = (float) logWeights[k];
        }
        return new Mixture(
                components,
                posterior.ofComponents(posterior.mean()).dup('c').data().asFloat(),
                posterior.ofComponents(posterior.logVariance()).dup('c').data().asFloat(),
                logWeight);
    }

    /** The logarithms of a softmax of the logits. */
    private double[] logWeights() {
        double[] values = logits.values().toDoubleVector();
        double greatest = Arrays.stream(values).max().orElseThrow();
        double logSum = greatest
                + Math.log(Arrays.stream(values)
                        .map(value -> Math.exp(value - greatest))
                        .sum());
        return Arrays.stream(values).map(value -> value - logSum).toArray();
    }

    /** The arrays of a step. */
    private final class Step {
        private final Product toPseudoInputs;
        private final INDArray sample;
        private final INDArray sampleGradient;
        private final INDArray logVarianceOfSamples;
        private final INDArray logVarianceGradientOfSamples;
        private final INDArray mean;
        private final INDArray logVariance;
        private final INDArray meanGradient;
        private final INDArray logVarianceGradient;

        private final INDArray precision;
        private final INDArray scaledMean;
        private final INDArray perComponent;
        private final INDArray constants;
        private final INDArray squares;
        private final INDArray perSample;
        private final INDArray energies;
        private final INDArray weightSums;
        private final INDArray sampleSums;
        private final INDArray squareSums;
        private final INDArray rowSums;
        private final INDArray precisionSums;
        private final Product squaresByPrecision;
        private final Product samplesByScaledMean;
        private final Product sumRows;
        private final Product sumLatent;
        private final Product sumOverSamples;
        private final Product samplesPerComponent;
        private final Product squaresPerComponent;
        private final Product precisionPerSample;
        private final Product scaledMeanPerSample;
        private final double[] constantValues = new double[components];

        Step(Posterior posterior, Product toPseudoInputs) {
            this.toPseudoInputs = toPseudoInputs;
            DataType type = posterior.mean().dataType();
            int latent = posterior.mean().columns();
            sample = posterior.sample();
            sampleGradient = posterior.sampleGradient();
            logVarianceOfSamples = posterior.ofSamples(posterior.logVariance());
            logVarianceGradientOfSamples = posterior.ofSamples(posterior.logVarianceGradient());
            mean = posterior.ofComponents(posterior.mean());
            logVariance = posterior.ofComponents(posterior.logVariance());
            meanGradient = posterior.ofComponents(posterior.meanGradient());
            logVarianceGradient = posterior.ofComponents(posterior.logVarianceGradient());
            precision = Elementwise.zeros(type, components, latent);
            scaledMean = Elementwise.zeros(type, components, latent);
            perComponent = Elementwise.zeros(type, components, latent);
            constants = Elementwise.zeros(type, 1, components);
            squares = Elementwise.zeros(type, samples, latent);
            perSample = Elementwise.zeros(type, samples, latent);
            energies = Elementwise.zeros(type, samples, components);
            weightSums = Elementwise.zeros(type, components, 1);
            sampleSums = Elementwise.zeros(type, components, latent);
            squareSums = Elementwise.zeros(type, components, latent);
            rowSums = Elementwise.zeros(type, samples, 1);
            precisionSums = Elementwise.zeros(type, samples, latent);
            squaresByPrecision = Product.byTransposed(squares, precision, energies);
            samplesByScaledMean = Product.byTransposed(sample, scaledMean, energies);
            sumRows = Product.of(energies, Elementwise.ones(type, components, 1), rowSums);
            sumLatent = Product.of(perSample, Elementwise.ones(type, latent, 1), rowSums);
            sumOverSamples = Product.ofTransposed(energies, Elementwise.ones(type, samples, 1), weightSums);
            samplesPerComponent = Product.ofTransposed(energies, sample, sampleSums);
            squaresPerComponent = Product.ofTransposed(energies, squares, squareSums);
            precisionPerSample = Product.of(energies, precision, precisionSums);
            scaledMeanPerSample = Product.of(energies, scaledMean, perSample);
        }

        /** 1 / sigma_k^2, mu_k / sigma_k^2, and what of e_nk does not depend on z. */
        void describeComponents(double[] logWeights) {
            int latent = mean.columns();
            logVariance.negi();
            Elementwise.exp(logVariance, precision);
            logVariance.negi();
            Elementwise.multiply(mean, precision, scaledMean);
            Elementwise.multiply(mean, scaledMean, perComponent);
            Elementwise.add(perComponent, logVariance, perComponent);
            double[] sums = perComponent.sum(1).toDoubleVector();
            for (int k = 0; k < components; k++) {
                constantValues[k] = logWeights[k] - 0.5 * (sums[k] + latent * LOG_2_PI);
            }
            Elementwise.put(constantValues, constants);
        }

        /** Turns the energies into responsibilities, and adds a multiple of each log p(z_n). */
        void addLogPrior(double factor, double[] perRow) {
            Elementwise.multiply(sample, sample, squares);
            squaresByPrecision.setTimes(-0.5);
            samplesByScaledMean.addTimes(1);
            Elementwise.addRow(energies, constants, energies);
            INDArray greatest = energies.max(true, 1);
            Elementwise.subtractColumn(energies, greatest, energies);
            Elementwise.exp(energies, energies);
            sumRows.set();
            Elementwise.divideColumn(energies, rowSums, energies);
            double[] sums = rowSums.toDoubleVector();
            double[] maxima = greatest.toDoubleVector();
            for (int n = 0; n < samples; n++) {
                perRow[n] += factor * (maxima[n] + Math.log(sums[n]));
            }
        }

        /** beta times the gradient of the sum of log p(z_n), weighted as the responsibilities are. */
        void gradients(double beta) {
            // by z: -z * sum_k r_k / sigma_k^2 + sum_k r_k mu_k / sigma_k^2
            precisionPerSample.set();
            scaledMeanPerSample.set();
            Elementwise.multiply(precisionSums, sample, precisionSums);
            Elementwise.subtract(perSample, precisionSums, perSample);
            perSample.muli(beta);
            Elementwise.add(sampleGradient, perSample, sampleGradient);

            sumOverSamples.set();
            samplesPerComponent.set();
            squaresPerComponent.set();
            // sum_n r_nk (z_n - mu_k)
            Elementwise.multiplyColumn(mean, weightSums, perComponent);
            Elementwise.subtract(sampleSums, perComponent, meanGradient);
            // sum_n r_nk (z_n - mu_k)^2 = sum r z^2 - mu (sum r z + sum r (z - mu))
            Elementwise.add(sampleSums, meanGradient, logVarianceGradient);
            Elementwise.multiply(logVarianceGradient, mean, logVarianceGradient);
            Elementwise.subtract(squareSums, logVarianceGradient, logVarianceGradient);
            Elementwise.multiply(logVarianceGradient, precision, logVarianceGradient);
            Elementwise.subtractColumn(logVarianceGradient, weightSums, logVarianceGradient);
            logVarianceGradient.muli(beta / 2);
            Elementwise.multiply(meanGradient, precision, meanGradient);
            meanGradient.muli(beta);
        }
    }
}
