package dev.surprisal.trainer.vae;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The semi-supervised autoencoder M2 of Kingma et al. (2014), with a class y in {0, 1} beside z: p(y) p(z) p(x | y, z), with q(y | x) and q(z | x, y).
 *
 * <p>With the bound of a row under a class B(x, y) = log p(y) + log p(x | y, z) - beta KL(q(z | x, y) || p(z)), its objective is B(x, y) + alpha log q(y | x) where its class is known, and else the sum over both
 * classes q(y | x) (B(x, y) - log q(y | x)). A batch holds its rows twice, first with class 0, then with class 1. The layers, likelihoods and priors are those of {@link Network}; the class stands in two
 * more inputs of encoder and decoder.
 */
final class LabelledNetwork {

    /** Instead of the class of a row of which nothing is known. */
    static final int UNKNOWN = -1;

    private static final int CLASSES = 2;

    private final int rows;
    private final int latent;
    private final int width;
    private final double alpha;
    private final double[] logPrior;
    private final Parameters parameters = new Parameters();
    private final Mlp classifier;
    private final DenseLayer oddsLayer;
    private final Mlp encoder;
    private final DenseLayer mean;
    private final DenseLayer logVariance;
    private final Mlp decoder;
    private final List<Head> heads;
    private final Prior prior;
    private final Posterior posterior;
    private final RowWeights weights;

    private final INDArray classified;
    private final Mlp.Pass classifying;
    private final INDArray odds;
    private final INDArray oddsGradient;
    private final DenseLayer.Pass oddsPass;
    private final Product oddsToClassifying;
    private final INDArray input;
    private final Mlp.Pass encoding;
    private final DenseLayer.Pass meanPass;
    private final DenseLayer.Pass logVariancePass;
    private final Product meanToEncoding;
    private final Product logVarianceToEncoding;
    private final INDArray decoded;
    private final INDArray decodedGradient;
    private final Mlp.Pass decoding;
    private final Product toDecoded;

    private final double[] bounds;
    private final double[] logOdds;

    /**
     * @param rows N, rows of a batch before they are doubled
     * @param pseudoInputs [M, inputs + 2] as of {@link Network}, with their classes
     * @param anomalies p(y = 1)
     * @param alpha weight of the classification of rows of known class
     */
    LabelledNetwork(
            Columns columns,
            VaeConfig config,
            DataType type,
            int rows,
            float[] pseudoInputs,
            double anomalies,
            double alpha) {
        this.rows = rows;
        this.alpha = alpha;
        latent = config.latent();
        width = Batch.inputs(columns);
        logPrior = new double[] {Math.log1p(-anomalies), Math.log(anomalies)};
        int size = CLASSES * rows;
        weights = new RowWeights(type, size);
        bounds = new double[size];
        logOdds = new double[rows];
        classifier = new Mlp(parameters, Activation.SILU, width, config.hidden());
        oddsLayer = new DenseLayer(parameters, classifier.outputs(), 1);
        encoder = new Mlp(parameters, Activation.SILU, width + CLASSES, config.hidden());
        mean = new DenseLayer(parameters, encoder.outputs(), latent);
        logVariance = new DenseLayer(parameters, encoder.outputs(), latent);
        List<Integer> mirrored = new ArrayList<>(config.hidden());
        Collections.reverse(mirrored);
        decoder = new Mlp(parameters, Activation.SILU, latent + CLASSES, mirrored);
        heads = Head.of(Likelihoods.of(columns, parameters, type, size, weights), parameters, decoder.outputs());
        int components = pseudoInputs.length / (width + CLASSES);
        VampPrior vamp = components == 0 ? null : new VampPrior(parameters, pseudoInputs, components, size);
        prior = vamp == null ? new StandardNormalPrior(type, size, latent) : vamp;
        parameters.allocate(type);

        classified = Elementwise.zeros(type, rows, width);
        classifying = classifier.pass(classified);
        odds = Elementwise.zeros(type, rows, 1);
        oddsGradient = Elementwise.zeros(type, rows, 1);
        oddsPass = oddsLayer.pass(classifying.output(), odds, oddsGradient);
        oddsToClassifying = oddsPass.toInput(classifying.outputGradient());
        posterior = new Posterior(type, size + components, size, latent);
        input = Elementwise.zeros(type, size + components, width + CLASSES);
        encoding = encoder.pass(input);
        meanPass = mean.pass(encoding.output(), posterior.mean(), posterior.meanGradient());
        logVariancePass =
                logVariance.pass(encoding.output(), posterior.linearLogVariance(), posterior.logVarianceGradient());
        meanToEncoding = meanPass.toInput(encoding.outputGradient());
        logVarianceToEncoding = logVariancePass.toInput(encoding.outputGradient());
        decoded = Elementwise.zeros(type, size, latent + CLASSES);
        decodedGradient = Elementwise.zeros(type, size, latent + CLASSES);
        decoding = decoder.pass(decoded);
        toDecoded = decoding.toInput(decodedGradient, 0, size);
        heads.forEach(head -> head.bind(decoding, type, size));
        for (int y = 0; y < CLASSES; y++) {
            decoded.get(NDArrayIndex.interval(y * rows, (y + 1) * rows), NDArrayIndex.point(latent + y))
                    .assign(1);
        }
        initialise(new Random(config.seed()));
        if (vamp != null) {
            vamp.initialise(posterior, encoding);
        }
    }

    private void initialise(Random random) {
        classifier.initialise(random);
        oddsLayer.initialise(random);
        encoder.initialise(random);
        mean.initialise(random);
        logVariance.initialise(random);
        decoder.initialise(random);
        heads.forEach(head -> head.initialise(random));
    }

    Parameters parameters() {
        return parameters;
    }

    /** [2 N, K] eps, to be filled before {@link #objective}. */
    INDArray noise() {
        return posterior.noise();
    }

    /**
     * Each row's objective, nats.
     *
     * @param twice the rows, and the same rows again
     * @param known [N] their classes
     * @return [N]
     */
    double[] objective(Batch twice, int[] known, double beta) {
        bounds(twice, beta);
        double[] objective = new double[rows];
        for (int n = 0; n < rows; n++) {
            objective[n] = known[n] == UNKNOWN
                    ? probability(n, 0) * (bounds[n] - logProbability(n, 0))
                            + probability(n, 1) * (bounds[rows + n] - logProbability(n, 1))
                    : bounds[known[n] * rows + n] + alpha * logProbability(n, known[n]);
        }
        return objective;
    }

    /**
     * The bounds of the rows under each class, nats.
     *
     * @return [2 N] B(x_n, y) at y N + n; overwritten by the next call
     */
    double[] bounds(Batch twice, double beta) {
        float[] values = twice.input();
        Elementwise.put(Arrays.copyOf(values, rows * width), classified);
        classifying.forward();
        oddsPass.forward();
        Elementwise.get(odds, logOdds);
        Elementwise.put(withClasses(values), input);
        if (prior.pseudoInputs() > 0) {
            prior.placePseudoInputs(Elementwise.rows(input, bounds.length, input.rows()));
        }
        encoding.forward();
        meanPass.forward();
        logVariancePass.forward();
        posterior.draw();
        sampleColumns(decoded).assign(posterior.sample());
        decoding.forward();
        for (int n = 0; n < bounds.length; n++) {
            bounds[n] = logPrior[n / rows];
        }
        heads.forEach(head -> head.addLogProbability(twice, bounds));
        prior.addDivergence(posterior, -beta, bounds);
        return bounds;
    }

    /** [N] log q(1 | x) - log q(0 | x) of the rows seen last. */
    double[] logOdds() {
        return logOdds;
    }

    /** Overwrites the parameters' gradient by that of the sum of the {@link #objective} computed last. */
    void gradient(int[] known, double beta) {
        double[] ofRows = new double[CLASSES * rows];
        double[] ofOdds = new double[rows];
        for (int n = 0; n < rows; n++) {
            double zero = probability(n, 0);
            double one = probability(n, 1);
            if (known[n] == UNKNOWN) {
                ofRows[n] = zero;
                ofRows[rows + n] = one;
                ofOdds[n] = zero * one * (bounds[rows + n] - logProbability(n, 1) - bounds[n] + logProbability(n, 0));
            } else {
                ofRows[known[n] * rows + n] = 1;
                ofOdds[n] = alpha * (known[n] - one);
            }
        }
        Elementwise.put(ofOdds, oddsGradient);
        oddsPass.backward();
        oddsToClassifying.set();
        classifying.backward();

        weights.set(ofRows);
        boolean first = true;
        for (Head head : heads) {
            head.gradient(weights, first);
            first = false;
        }
        decoding.backward();
        toDecoded.set();
        posterior.sampleGradient().assign(sampleColumns(decodedGradient));
        prior.gradient(posterior, beta, weights);
        posterior.backward();
        meanPass.backward();
        logVariancePass.backward();
        meanToEncoding.set();
        logVarianceToEncoding.add(1);
        encoding.backward();
        prior.backward();
    }

    private double probability(int n, int y) {
        return Math.exp(logProbability(n, y));
    }

    /** log q(y | x_n) */
    private double logProbability(int n, int y) {
        double against = y == 1 ? -logOdds[n] : logOdds[n];
        return -(Math.max(0, against) + Math.log1p(Math.exp(-Math.abs(against))));
    }

    private INDArray sampleColumns(INDArray ofDecoder) {
        return ofDecoder.get(NDArrayIndex.all(), NDArrayIndex.interval(0, latent));
    }

    /** [2 N, inputs + 2] */
    private float[] withClasses(float[] values) {
        int wide = width + CLASSES;
        float[] all = new float[CLASSES * rows * wide];
        for (int n = 0; n < CLASSES * rows; n++) {
            System.arraycopy(values, n * width, all, n * wide, width);
            all[n * wide + width + n / rows] = 1;
        }
        return all;
    }
}
