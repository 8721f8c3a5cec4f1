package dev.surprisal.trainer.vae;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The autoencoder during training: for one batch, each row's bound, and the gradient of their weighted sum by every parameter.
 *
 * <p>J = sum_n w_n [ log p(x_n | z_n) - beta KL(q(z | x_n) || p(z)) ] with z_n = mu(x_n) + sigma(x_n) eps_n (Kingma and Welling 2014). The rows of the batch and the pseudo-inputs
 * of the prior go through the encoder together.
 */
final class Network {

    private final int size;
    private final List<Head> heads;
    private final Parameters parameters = new Parameters();
    private final Mlp encoder;
    private final DenseLayer mean;
    private final DenseLayer logVariance;
    private final Mlp decoder;
    private final Prior prior;
    private final Posterior posterior;
    private final RowWeights weights;
    private final double[] bounds;

    private final INDArray input;
    private final Mlp.Pass encoding;
    private final DenseLayer.Pass meanPass;
    private final DenseLayer.Pass logVariancePass;
    private final Product meanToEncoding;
    private final Product logVarianceToEncoding;
    private final Mlp.Pass decoding;
    private final Product toSample;

    /**
     * @param size N, rows of a batch
     * @param pseudoInputs [M, inputs] rows where a VampPrior's pseudo-inputs start; empty for the standard normal prior
     */
    Network(Columns columns, VaeConfig config, DataType type, int size, float[] pseudoInputs) {
        this(columns, config, Activation.SILU, type, size, pseudoInputs);
    }

    Network(Columns columns, VaeConfig config, Activation activation, DataType type, int size, float[] pseudoInputs) {
        this.size = size;
        int inputs = Batch.inputs(columns);
        int latent = config.latent();
        weights = new RowWeights(type, size);
        bounds = new double[size];
        encoder = new Mlp(parameters, activation, inputs, config.hidden());
        mean = new DenseLayer(parameters, encoder.outputs(), latent);
        logVariance = new DenseLayer(parameters, encoder.outputs(), latent);
        List<Integer> mirrored = new ArrayList<>(config.hidden());
        Collections.reverse(mirrored);
        decoder = new Mlp(parameters, activation, latent, mirrored);
        heads = Head.of(Likelihoods.of(columns, parameters, type, size, weights), parameters, decoder.outputs());
        int components = pseudoInputs.length / inputs;
        VampPrior vamp = components == 0 ? null : new VampPrior(parameters, pseudoInputs, components, size);
        prior = vamp == null ? new StandardNormalPrior(type, size, latent) : vamp;
        parameters.allocate(type);

        int rows = size + components;
        posterior = new Posterior(type, rows, size, latent);
        input = Elementwise.zeros(type, rows, inputs);
        encoding = encoder.pass(input);
        meanPass = mean.pass(encoding.output(), posterior.mean(), posterior.meanGradient());
        logVariancePass =
                logVariance.pass(encoding.output(), posterior.linearLogVariance(), posterior.logVarianceGradient());
        meanToEncoding = meanPass.toInput(encoding.outputGradient());
        logVarianceToEncoding = logVariancePass.toInput(encoding.outputGradient());
        decoding = decoder.pass(posterior.sample());
        toSample = decoding.toInput(posterior.sampleGradient(), 0, size);
        heads.forEach(head -> head.bind(decoding, type, size));

        initialise(new Random(config.seed()));
        if (vamp != null) {
            vamp.initialise(posterior, encoding);
        }
    }

    private void initialise(Random random) {
        encoder.initialise(random);
        mean.initialise(random);
        logVariance.initialise(random);
        decoder.initialise(random);
        heads.forEach(head -> head.initialise(random));
    }

    Parameters parameters() {
        return parameters;
    }

    /** [N, K] eps, to be filled before {@link #bounds}. */
    INDArray noise() {
        return posterior.noise();
    }

    /** Fills the noise by standard normal values that depend on the seed alone. */
    void drawNoise(long seed) {
        // Faster than ND4J's own, whose values end at 4.8.
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[Math.toIntExact(noise().length())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        Elementwise.put(values, noise());
    }

    /**
     * Each row's bound, nats.
     *
     * @param beta weight of the divergence
     * @return [N] log p(x_n | z_n) - beta KL(q(z | x_n) || p(z)); overwritten by the next call
     */
    double[] bounds(Batch batch, double beta) {
        encode(batch);
        decoding.forward();
        Arrays.fill(bounds, 0);
        heads.forEach(head -> head.addLogProbability(batch, bounds));
        prior.addDivergence(posterior, -beta, bounds);
        return bounds;
    }

    /**
     * Overwrites the parameters' gradient by that of the weighted sum of the {@link #bounds} computed last.
     *
     * @param beta as it was given there
     * @param rowWeights [N] w_n
     */
    void gradient(double beta, double[] rowWeights) {
        weights.set(rowWeights);
        boolean first = true;
        for (Head head : heads) {
            head.gradient(weights, first);
            first = false;
        }
        decoding.backward();
        toSample.set();
        prior.gradient(posterior, beta, weights);
        posterior.backward();
        meanPass.backward();
        logVariancePass.backward();
        meanToEncoding.set();
        logVarianceToEncoding.add(1);
        encoding.backward();
        prior.backward();
    }

    private void encode(Batch batch) {
        Elementwise.put(batch.input(), input);
        if (prior.pseudoInputs() > 0) {
            prior.placePseudoInputs(Elementwise.rows(input, size, input.rows()));
        }
        encoding.forward();
        meanPass.forward();
        logVariancePass.forward();
        posterior.draw();
    }

    /** The parameters as plain arrays; the batch only lends its rows to the encoder, which also places the prior's components. */
    TrainedVae toTrained(Batch batch, Columns columns, Standardisation standardisation) {
        encode(batch);
        int numbers = columns.numbers().size();
        float[] scale = new float[numbers];
        float[] degrees = new float[numbers];
        Arrays.fill(scale, 1);
        Arrays.fill(degrees, Float.POSITIVE_INFINITY);
        Dense[] headParts = new Dense[heads.size()];
        int[][] headColumns = new int[heads.size()][];
        for (int i = 0; i < headParts.length; i++) {
            headParts[i] = heads.get(i).layer().toDense();
            headColumns[i] = heads.get(i).likelihood().headColumns();
            heads.get(i).likelihood().describe(scale, degrees);
        }
        int latent = mean.outputs();
        int[][] latentColumns = {
            IntStream.range(0, latent).toArray(),
            IntStream.range(latent, 2 * latent).toArray()
        };
        return new TrainedVae(
                columns,
                standardisation.mean(),
                standardisation.deviation(),
                encoder.toDense(),
                Dense.sideBySide(new Dense[] {mean.toDense(), logVariance.toDense()}, latentColumns),
                decoder.toDense(),
                Dense.sideBySide(headParts, headColumns),
                scale,
                degrees,
                prior.toMixture(posterior));
    }
}
