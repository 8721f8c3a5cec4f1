package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.Columns;
import dev.surprisal.trainer.vae.Dense;
import dev.surprisal.trainer.vae.TrainedVae;
import java.util.stream.IntStream;
import onnx.Onnx.GraphProto;

/**
 * The graph that scores rows: from raw numbers and codes to bounds, log-probabilities and expectations.
 *
 * <p>The L latent samples stand in the leading dimension, [L, N, .], so that every layer is one matrix product. No row's result depends, not even in its last bit, on the rows
 * around it; see {@link OnnxExporter}.
 */
final class ScoringGraph {

    private final Graph graph = new Graph();
    private final TrainedVae vae;
    private final Columns columns;
    private final float[][] noise;

    /** @param noise [L][K] standard normal values, the same for every row */
    ScoringGraph(TrainedVae vae, float[][] noise) {
        this.vae = vae;
        this.noise = noise;
        columns = vae.columns();
    }

    GraphProto build() {
        NumberInput numbers = columns.numbers().isEmpty() ? null : NumberInput.of(graph, vae);
        CategoryInput categories =
                columns.categories().isEmpty() ? null : CategoryInput.of(graph, columns.categories());

        Value hidden = Layers.hidden(
                graph,
                Layers.silu(graph, firstLayer(numbers, categories)),
                vae.encoder().subList(1, vae.encoder().size()));
        int latent = vae.latentSize();
        Value mean = posterior(hidden, 0, latent);
        Value logVariance = graph.clip(
                posterior(hidden, latent, 2 * latent), TrainedVae.MIN_LOG_VARIANCE, TrainedVae.MAX_LOG_VARIANCE);

        // z = mu + sigma eps
        Value deviation = graph.exp(graph.multiply(logVariance, graph.scalar(0.5)));
        Value offset = graph.multiply(deviation, eps());
        Decoder decoder = Decoder.of(graph, vae, noise.length, graph.add(offset, mean));

        Heads heads = new Heads(decoder, numbers, categories);
        Value logPrior = PriorNodes.logDensity(graph, vae.prior(), mean, offset);
        bounds(decoder, heads, logPrior, logVariance);
        heads.putOut();
        graph.floatOutput("latent_mean", mean, latent);
        return graph.build();
    }

    /** The encoder's first layer, before SiLU: the one-hot part of its product is a sum of rows of the weights. */
    private Value firstLayer(NumberInput numbers, CategoryInput categories) {
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
        return graph.add(ofNumbers, graph.sum(rows));
    }

    private Value posterior(Value hidden, int from, int to) {
        return Layers.linear(
                graph,
                hidden,
                Layers.part(vae.posterior(), IntStream.range(from, to).toArray()));
    }

    /** [L, 1, K] */
    private Value eps() {
        float[] flat = new float[noise.length * vae.latentSize()];
        for (int l = 0; l < noise.length; l++) {
            System.arraycopy(noise[l], 0, flat, l * vae.latentSize(), vae.latentSize());
        }
        return graph.constant(flat, noise.length, 1, vae.latentSize());
    }

    /**
     * The outputs per row.
     *
     * @param logPrior log p(z) [L, N, 1]
     * @param logVariance log sigma^2 [N, K]
     */
    private void bounds(Decoder decoder, Heads heads, Value logPrior, Value logVariance) {
        // -log q(z | x) = 1/2 sum(eps^2 + log 2 pi) + 1/2 sum(log sigma^2)
        double[] ofNoise = new double[noise.length];
        for (int l = 0; l < noise.length; l++) {
            for (float eps : noise[l]) {
                ofNoise[l] += 0.5 * ((double) eps * eps + Math.log(2 * Math.PI));
            }
        }
        Value ofPosterior = graph.multiply(graph.total(logVariance, vae.latentSize()), graph.scalar(0.5));
        Value logLikelihood = heads.logLikelihood();
        Value logRatio = graph.add(
                graph.add(logLikelihood, logPrior),
                graph.add(graph.constant(ofNoise, noise.length, 1, 1), ofPosterior));
        Value logMean = graph.subtract(graph.logSumExp(logRatio, 0), graph.scalar(Math.log(noise.length)));
        graph.floatOutput("elbo", decoder.mean(logRatio));
        graph.floatOutput("log_likelihood", graph.reshape(logMean, -1));
        graph.floatOutput("reconstruction_log_probability", decoder.mean(logLikelihood));
    }
}
