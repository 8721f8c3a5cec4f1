package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.Columns;
import dev.surprisal.trainer.vae.Columns.Categorical;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import dev.surprisal.trainer.vae.Dense;
import dev.surprisal.trainer.vae.TrainedVae;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import onnx.Onnx.GraphProto;

/**
 * The graph that scores rows: from raw numbers and codes to bounds, log-probabilities and expectations.
 *
 * <p>The L latent samples stand in the leading dimension, [L, N, .], so that every layer is one matrix product.
 */
final class ScoringGraph {

    private final Graph graph = new Graph();
    private final TrainedVae vae;
    private final Columns columns;
    private final float[][] noise;
    private final List<Value> codes = new ArrayList<>();
    private final List<Value> knownCodes = new ArrayList<>();
    private NumberInput numbers;
    private Value mean;
    private Value logVariance;

    /** @param noise [L][K] standard normal values, the same for every row */
    ScoringGraph(TrainedVae vae, float[][] noise) {
        this.vae = vae;
        this.noise = noise;
        columns = vae.columns();
    }

    GraphProto build() {
        inputs();
        encoder();
        Value sample = sample();
        Value hidden = sample;
        for (Dense layer : vae.decoder()) {
            hidden = silu(dense(hidden, layer));
        }
        List<Value> fields = heads(hidden, sample);
        Value fieldLogProbability = graph.concatenate(2, fields.toArray(Value[]::new));
        graph.floatOutput(
                "field_log_probability",
                graph.mean(fieldLogProbability, 0),
                columns.numbers().size() + columns.categories().size());
        bounds(graph.sum(fieldLogProbability, -1), sample);
        graph.floatOutput("latent_mean", mean, vae.latentSize());
        return graph.build();
    }

    private void inputs() {
        int d = columns.numbers().size();
        if (d > 0) {
            Value raw = graph.floatInput("numbers", d);
            Value missing = graph.isNaN(raw);
            Value scaled = graph.divide(
                    graph.subtract(raw, graph.constant(vae.mean(), d)), graph.constant(vae.deviation(), d));
            Value clipped = graph.clip(scaled, -TrainedVae.CLIP, TrainedVae.CLIP);
            numbers = new NumberInput(
                    raw,
                    graph.where(missing, graph.scalar(0), clipped),
                    graph.where(missing, graph.scalar(0), graph.scalar(1)));
        }
        if (!columns.categories().isEmpty()) {
            Value categories =
                    graph.longInput("categories", columns.categories().size());
            for (int column = 0; column < columns.categories().size(); column++) {
                Value code = graph.column(categories, column);
                Value beyond = graph.greater(
                        code, graph.longs(columns.categories().get(column).values()));
                Value negative = graph.greater(graph.longs(0), code);
                codes.add(code);
                knownCodes.add(graph.where(beyond, graph.longs(0), graph.where(negative, graph.longs(0), code)));
            }
        }
    }

    private void encoder() {
        Dense first = vae.encoder().get(0);
        int d = columns.numbers().size();
        int width = first.outputs();
        Value hidden = graph.constant(first.bias(), width);
        if (d > 0) {
            Value ofNumbers = graph.constant(rows(first, 0, d), d, width);
            hidden = graph.add(graph.product(numbers.standardised(), ofNumbers), hidden);
        }
        int from = d;
        for (int column = 0; column < columns.categories().size(); column++) {
            int values = columns.categories().get(column).values();
            // The rows of W at the one-hot columns, after a row of zeros for the code 0: no product with ones and zeros
            // is needed.
            float[] table = new float[(values + 1) * width];
            System.arraycopy(rows(first, from, values), 0, table, width, values * width);
            hidden = graph.add(
                    hidden, graph.gather(graph.constant(table, values + 1, width), knownCodes.get(column), 0));
            from += values;
        }
        hidden = silu(hidden);
        for (Dense layer : vae.encoder().subList(1, vae.encoder().size())) {
            hidden = silu(dense(hidden, layer));
        }
        int latent = vae.latentSize();
        int[] ofMean = IntStream.range(0, latent).toArray();
        int[] ofLogVariance = IntStream.range(latent, 2 * latent).toArray();
        mean = dense(hidden, part(vae.posterior(), ofMean));
        logVariance = graph.clip(
                dense(hidden, part(vae.posterior(), ofLogVariance)),
                TrainedVae.MIN_LOG_VARIANCE,
                TrainedVae.MAX_LOG_VARIANCE);
    }

    /** z = mu + sigma eps, [L, N, K] */
    private Value sample() {
        float[] flat = new float[noise.length * vae.latentSize()];
        for (int l = 0; l < noise.length; l++) {
            System.arraycopy(noise[l], 0, flat, l * vae.latentSize(), vae.latentSize());
        }
        Value eps = graph.constant(flat, noise.length, 1, vae.latentSize());
        Value deviation = graph.exp(graph.multiply(logVariance, graph.scalar(0.5)));
        return graph.add(graph.multiply(deviation, eps), mean);
    }

    /** The heads' log-probabilities [L, N, .]: numbers in column order, then the categories; also puts out the expectations. */
    private List<Value> heads(Value hidden, Value sample) {
        List<Value> fields = new ArrayList<>();
        int d = columns.numbers().size();
        if (d > 0) {
            LikelihoodNodes all = numberHeads(hidden);
            fields.add(all.logProbability());
            graph.floatOutput("expected_numbers", all.expected(), d);
            graph.floatOutput("number_scale", all.scale(), d);
        }
        if (columns.categories().isEmpty()) {
            return fields;
        }
        Value sampleShape = graph.shape(graph.sumKeeping(sample, -1));
        List<Value> expected = new ArrayList<>();
        int from = d;
        for (int column = 0; column < columns.categories().size(); column++) {
            Categorical distribution = columns.categories().get(column);
            int[] outputs = IntStream.range(from, from + distribution.values()).toArray();
            Value logits = dense(hidden, part(vae.head(), outputs));
            LikelihoodNodes nodes = CategoricalNodes.of(
                    graph, distribution, codes.get(column), knownCodes.get(column), logits, sampleShape);
            fields.add(nodes.logProbability());
            expected.add(graph.unsqueeze(nodes.expected(), 1));
            from += distribution.values();
        }
        graph.longOutput(
                "expected_categories",
                graph.concatenate(1, expected.toArray(Value[]::new)),
                columns.categories().size());
        return fields;
    }

    /** All number columns: those of one likelihood together, then put back into column order. */
    private LikelihoodNodes numberHeads(Value hidden) {
        List<LikelihoodNodes> parts = new ArrayList<>();
        int[] position = new int[columns.numbers().size()];
        int placed = 0;
        for (NumberLikelihood kind : NumberLikelihood.values()) {
            int[] ofKind = IntStream.range(0, position.length)
                    .filter(column -> columns.numbers().get(column) == kind)
                    .toArray();
            if (ofKind.length == 0) {
                continue;
            }
            for (int column : ofKind) {
                position[column] = placed++;
            }
            NumberInput input = ofKind.length == position.length ? numbers : numbers.select(graph, ofKind);
            Value output = dense(hidden, part(vae.head(), ofKind));
            parts.add(
                    switch (kind) {
                        case GAUSSIAN -> GaussianNodes.of(graph, vae, ofKind, input, output);
                        case STUDENT_T -> StudentTNodes.of(graph, vae, ofKind, input, output);
                        case BERNOULLI -> BernoulliNodes.of(graph, input, output);
                    });
        }
        if (parts.size() == 1) {
            return parts.get(0);
        }
        return new LikelihoodNodes(
                inOrder(2, position, parts.stream().map(LikelihoodNodes::logProbability)),
                inOrder(1, position, parts.stream().map(LikelihoodNodes::expected)),
                inOrder(1, position, parts.stream().map(LikelihoodNodes::scale)));
    }

    private Value inOrder(int axis, int[] position, Stream<Value> parts) {
        return graph.columns(graph.concatenate(axis, parts.toArray(Value[]::new)), position);
    }

    /**
     * The outputs per row.
     *
     * @param logLikelihood [L, N] log p(x | z)
     */
    private void bounds(Value logLikelihood, Value sample) {
        // log q(z | x) = -1/2 sum(eps^2 + log sigma^2 + log 2 pi)
        double[] ofNoise = new double[noise.length];
        for (int l = 0; l < noise.length; l++) {
            for (float eps : noise[l]) {
                ofNoise[l] += 0.5 * ((double) eps * eps + Math.log(2 * Math.PI));
            }
        }
        Value minusLogPosterior = graph.add(
                graph.multiply(graph.sum(logVariance, -1), graph.scalar(0.5)),
                graph.constant(ofNoise, noise.length, 1));
        Value logRatio = graph.add(
                graph.add(PriorNodes.logDensity(graph, vae.prior(), sample), minusLogPosterior), logLikelihood);
        graph.floatOutput("elbo", graph.mean(logRatio, 0));
        graph.floatOutput(
                "log_likelihood", graph.subtract(graph.logSumExp(logRatio, 0), graph.scalar(Math.log(noise.length))));
        graph.floatOutput("reconstruction_log_probability", graph.mean(logLikelihood, 0));
    }

    private Value dense(Value input, Dense layer) {
        Value product = graph.product(input, graph.constant(layer.weights(), layer.inputs(), layer.outputs()));
        return graph.add(product, graph.constant(layer.bias(), layer.outputs()));
    }

    private Value silu(Value linear) {
        return graph.multiply(linear, graph.sigmoid(linear));
    }

    /** Some rows of a layer's weights. */
    private static float[] rows(Dense layer, int from, int count) {
        float[] rows = new float[count * layer.outputs()];
        System.arraycopy(layer.weights(), from * layer.outputs(), rows, 0, rows.length);
        return rows;
    }

    /** The layer that has only some of the outputs. */
    private static Dense part(Dense layer, int[] outputs) {
        float[] weights = new float[layer.inputs() * outputs.length];
        float[] bias = new float[outputs.length];
        for (int column = 0; column < outputs.length; column++) {
            bias[column] = layer.bias()[outputs[column]];
            for (int row = 0; row < layer.inputs(); row++) {
                weights[row * outputs.length + column] = layer.weights()[row * layer.outputs() + outputs[column]];
            }
        }
        return new Dense(layer.inputs(), outputs.length, weights, bias);
    }
}
