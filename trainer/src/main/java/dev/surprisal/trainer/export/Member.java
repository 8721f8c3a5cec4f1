package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.Columns;
import dev.surprisal.trainer.vae.Dense;
import dev.surprisal.trainer.vae.TrainedVae;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * One autoencoder in the graph, from the input to each sample's log-probabilities.
 *
 * @param latentMean mu [N, K]
 * @param heads the likelihoods of its columns
 * @param logLikelihood log p(x | z) [L, N, 1]
 * @param logRatio log p(x | z) + log p(z) - log q(z | x) [L, N, 1]
 */
record Member(Value latentMean, Heads heads, Value logLikelihood, Value logRatio) {

    /**
     * Adds an autoencoder to the graph.
     *
     * @param noise [L][K] standard normal values, the same for every row
     * @param numbers null where the model has no number columns
     * @param categories null where it has no category columns
     */
    static Member of(Graph graph, TrainedVae vae, float[][] noise, NumberInput numbers, CategoryInput categories) {
        Value hidden = Layers.hidden(
                graph,
                Layers.silu(graph, firstLayer(graph, vae, numbers, categories)),
                vae.encoder().subList(1, vae.encoder().size()));
        int latent = vae.latentSize();
        Value mean = posterior(graph, vae, hidden, 0, latent);
        Value logVariance = graph.clip(
                posterior(graph, vae, hidden, latent, 2 * latent),
                TrainedVae.MIN_LOG_VARIANCE,
                TrainedVae.MAX_LOG_VARIANCE);

        // z = mu + sigma eps
        Value offset = isMean(noise)
                ? null
                : graph.multiply(graph.exp(graph.multiply(logVariance, graph.scalar(0.5))), eps(graph, noise, latent));
        Value z = offset == null ? mean : graph.add(offset, mean);
        Heads heads = new Heads(Decoder.of(graph, vae, noise.length, z), numbers, categories);

        // -log q(z | x) = 1/2 sum(eps^2 + log 2 pi) + 1/2 sum(log sigma^2)
        double[] ofNoise = new double[noise.length];
        for (int l = 0; l < noise.length; l++) {
            for (float eps : noise[l]) {
                ofNoise[l] += 0.5 * ((double) eps * eps + Math.log(2 * Math.PI));
            }
        }
        Value ofPosterior = graph.multiply(graph.total(logVariance, latent), graph.scalar(0.5));
        Value logLikelihood = heads.logLikelihood();
        Value logRatio = graph.add(
                graph.add(logLikelihood, PriorNodes.logDensity(graph, vae.prior(), mean, offset)),
                graph.add(graph.constant(ofNoise, noise.length, 1, 1), ofPosterior));
        return new Member(mean, heads, logLikelihood, logRatio);
    }

    /** The encoder's first layer, before SiLU: the one-hot part of its product is a sum of rows of the weights. */
    private static Value firstLayer(Graph graph, TrainedVae vae, NumberInput numbers, CategoryInput categories) {
        Columns columns = vae.columns();
        Dense first = vae.encoder().get(0);
        int d = columns.numbers().size();
        Value bias = graph.constant(first.bias(), first.outputs());
        Value ofNumbers = numbers == null
                ? bias
                : graph.linear(
                        numbers.standardised(), graph.constant(Layers.rows(first, 0, d), d, first.outputs()), bias);
        if (categories == null) {
            return ofNumbers;
        }
        int values = columns.oneHotWidth();
        float[] table = new float[(values + 1) * first.outputs()];
        System.arraycopy(Layers.rows(first, d, values), 0, table, first.outputs(), values * first.outputs());
        Value rows =
                graph.rows(graph.constant(table, values + 1L, first.outputs()), graph.transpose(categories.oneHot()));
        // As a product with ones, which is faster than the runtime's own sum.
        int fields = columns.categories().size();
        double[] ones = new double[fields];
        Arrays.fill(ones, 1);
        Value sum = graph.product(graph.constant(ones, 1, fields), graph.reshape(rows, fields, -1));
        return graph.add(ofNumbers, graph.reshape(sum, -1, first.outputs()));
    }

    /** Whether the one sample is the mean, as in a first look. */
    private static boolean isMean(float[][] noise) {
        return noise.length == 1 && IntStream.range(0, noise[0].length).allMatch(k -> noise[0][k] == 0);
    }

    private static Value posterior(Graph graph, TrainedVae vae, Value hidden, int from, int to) {
        return Layers.linear(
                graph,
                hidden,
                Layers.part(vae.posterior(), IntStream.range(from, to).toArray()));
    }

    /** [L, 1, K] */
    private static Value eps(Graph graph, float[][] noise, int latent) {
        float[] flat = new float[noise.length * latent];
        for (int l = 0; l < noise.length; l++) {
            System.arraycopy(noise[l], 0, flat, l * latent, latent);
        }
        return graph.constant(flat, noise.length, 1, latent);
    }
}
