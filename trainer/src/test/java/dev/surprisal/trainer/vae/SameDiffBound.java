package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.vae.Columns.Categorical;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.numbers.gamma.LogGamma;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The weighted sum of a network's bounds as a graph of SameDiff, formula by formula.
 *
 * <p>Of its operations only such are used whose gradients are sound: no logSumExp, no softmax, no lgamma.
 */
final class SameDiffBound {

    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    private final SameDiff graph = SameDiff.create();
    private final RandomNetwork net;
    private final ParameterSlices slices;
    private final List<String> names = new ArrayList<>();
    private final double bound;
    private final double[] gradient;

    /** @param components of a VampPrior; 0 = the standard normal prior */
    SameDiffBound(RandomNetwork net, int components, double beta, double[] weights) {
        this.net = net;
        slices = new ParameterSlices(net.network().parameters().values());
        Columns columns = net.columns();
        int inputs = Batch.inputs(columns);
        int latent = net.config().latent();
        List<Integer> hidden = net.config().hidden();

        List<Layer> encoder = List.of(layer(inputs, hidden.get(0)), layer(hidden.get(0), hidden.get(1)));
        Layer mean = layer(hidden.get(1), latent);
        Layer logVariance = layer(hidden.get(1), latent);
        List<Layer> decoder = List.of(layer(latent, hidden.get(1)), layer(hidden.get(1), hidden.get(0)));
        List<Head> heads = new ArrayList<>();
        for (NumberLikelihood kind : NumberLikelihood.values()) {
            int[] ofKind = IntStream.range(0, columns.numbers().size())
                    .filter(column -> columns.numbers().get(column) == kind)
                    .toArray();
            if (ofKind.length > 0) {
                heads.add(number(kind, ofKind));
            }
        }
        if (!columns.categories().isEmpty()) {
            heads.add(new Head(columns.oneHotWidth(), this::categories));
        }
        heads.forEach(head -> head.layer = layer(hidden.get(0), head.outputs));

        SDVariable input = constant(doubles(net.batch().input()), net.rows().size(), inputs);
        SDVariable encoded = hidden(input, encoder);
        SDVariable mu = mean.of(encoded);
        SDVariable logSigma2 = logVariance.of(encoded);
        SDVariable noise = graph.constant(net.network().noise().dup('c'));
        SDVariable z = mu.add(exp(logSigma2.mul(0.5)).mul(noise));
        SDVariable decoded = hidden(z, decoder);
        SDVariable total = null;
        for (Head head : heads) {
            SDVariable logProbability = head.likelihood.of(head.layer.of(decoded));
            total = total == null ? logProbability : total.add(logProbability);
        }
        SDVariable divergence;
        if (components == 0) {
            // -1/2 sum(1 + log sigma^2 - mu^2 - sigma^2)
            divergence = rowSum(logSigma2.add(1).sub(square(mu)).sub(exp(logSigma2)), latent)
                    .mul(-0.5);
        } else {
            SDVariable pseudoInputs = parameter(components, inputs);
            SDVariable logits = parameter(1, components);
            SDVariable ofPseudoInputs = hidden(pseudoInputs, encoder);
            SDVariable logPrior =
                    logMixture(z, mean.of(ofPseudoInputs), logVariance.of(ofPseudoInputs), logits, components);
            SDVariable logPosterior = rowSum(noise.mul(noise).add(logSigma2).add(LOG_2_PI), latent)
                    .mul(-0.5);
            divergence = logPosterior.sub(logPrior);
        }
        if (!slices.isAtEnd()) {
            throw new IllegalStateException("the network has parameters that the oracle does not know");
        }
        SDVariable rowWeights = constant(weights, weights.length, 1);
        SDVariable loss = total.sub(divergence.mul(beta)).mul(rowWeights).sum();
        graph.setLossVariables(loss);
        bound = loss.eval().getDouble(0);
        Map<String, INDArray> gradients = gradients();
        gradient = names.stream()
                .flatMapToDouble(name ->
                        Arrays.stream(gradients.get(name).dup('c').data().asDouble()))
                .toArray();
    }

    /** It prints every operation that it differentiates. */
    private Map<String, INDArray> gradients() {
        PrintStream out = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        try {
            return graph.calculateGradients(Map.of(), names);
        } finally {
            System.setOut(out);
        }
    }

    double bound() {
        return bound;
    }

    /** By every parameter, in the network's order. */
    double[] gradient() {
        return gradient;
    }

    private interface LogProbability {
        /** [N, 1] from the outputs of a head [N, outputs]. */
        SDVariable of(SDVariable output);
    }

    private static final class Head {
        private final int outputs;
        private final LogProbability likelihood;
        private Layer layer;

        Head(int outputs, LogProbability likelihood) {
            this.outputs = outputs;
            this.likelihood = likelihood;
        }
    }

    private record Layer(SDVariable weights, SDVariable bias) {
        SDVariable of(SDVariable input) {
            return input.mmul(weights).add(bias);
        }
    }

    private Head number(NumberLikelihood kind, int[] columns) {
        int size = net.rows().size();
        double[] values = new double[size * columns.length];
        double[] knowns = new double[size * columns.length];
        for (int i = 0, at = 0; i < size; i++) {
            for (int column : columns) {
                boolean raw = kind == NumberLikelihood.BERNOULLI || kind == NumberLikelihood.NEGATIVE_BINOMIAL;
                float value = raw ? net.batch().raw(i, column) : net.batch().number(i, column);
                values[at] = Float.isNaN(value) ? 0 : value;
                knowns[at++] = Float.isNaN(value) ? 0 : 1;
            }
        }
        SDVariable x = constant(values, size, columns.length);
        SDVariable known = constant(knowns, size, columns.length);
        return switch (kind) {
            case GAUSSIAN -> {
                SDVariable variance = variance(everyRow(parameter(1, columns.length)));
                yield new Head(columns.length, m -> {
                    SDVariable square = square(x.sub(m));
                    SDVariable twice = log(variance).add(LOG_2_PI).add(square.div(variance));
                    return rowSum(twice.mul(known).mul(-0.5), columns.length);
                });
            }
            case HETEROSCEDASTIC ->
                new Head(2 * columns.length, output -> {
                    SDVariable m = columns(output, 2 * columns.length, 0, columns.length);
                    SDVariable variance = exp(columns(output, 2 * columns.length, columns.length, 2 * columns.length))
                            .add(0.01);
                    SDVariable twice =
                            log(variance).add(LOG_2_PI).add(square(x.sub(m)).div(variance));
                    return rowSum(twice.mul(known).mul(-0.5), columns.length);
                });
            case STUDENT_T -> {
                SDVariable variance = variance(everyRow(parameter(1, columns.length)));
                SDVariable v = exp(everyRow(parameter(1, columns.length))).add(2.1);
                SDVariable constant = logGamma(v.add(1).mul(0.5))
                        .sub(logGamma(v.mul(0.5)))
                        .sub(log(v.mul(variance).mul(Math.PI)).mul(0.5));
                yield new Head(columns.length, m -> {
                    SDVariable ratio = square(x.sub(m)).div(v.mul(variance));
                    SDVariable tail = log(ratio.add(1)).mul(v.add(1).mul(0.5));
                    return rowSum(constant.sub(tail).mul(known), columns.length);
                });
            }
            case BERNOULLI ->
                new Head(
                        columns.length,
                        o -> rowSum(x.mul(o).sub(log(exp(o).add(1))).mul(known), columns.length));
            case NEGATIVE_BINOMIAL -> {
                SDVariable r = exp(everyRow(parameter(1, columns.length)).mul(-2));
                SDVariable start = constant(
                        IntStream.of(columns)
                                .mapToDouble(column ->
                                        NegativeBinomial.start(net.batch().mean(column)))
                                .toArray(),
                        1,
                        columns.length);
                yield new Head(
                        columns.length,
                        o -> rowSum(counts(x, values, o.add(everyRow(start)), r).mul(known), columns.length));
            }
        };
    }

    /** log p(x | m) of {@link NegativeBinomial}. */
    private SDVariable counts(SDVariable x, double[] values, SDVariable logMean, SDVariable r) {
        double u = NegativeBinomial.ANY_SIZE;
        double[] logFactorial =
                Arrays.stream(values).map(value -> LogGamma.value(value + 1)).toArray();
        double[] anySize = Arrays.stream(values)
                .map(value -> u / ((value + 1) * (value + 2)))
                .toArray();
        int rows = net.rows().size();
        int width = values.length / rows;
        SDVariable t = logMean.sub(log(r));
        SDVariable typical = logGamma(x.add(r))
                .sub(logGamma(r))
                .sub(constant(logFactorial, rows, width))
                .sub(r.mul(log(exp(t).add(1))))
                .sub(x.mul(log(exp(t.neg()).add(1))));
        return log(exp(typical).mul(1 - u).add(constant(anySize, rows, width)));
    }

    /** Of each column: its one-hot rows times log softmax, beside the fixed mass of unseen values. */
    private SDVariable categories(SDVariable logits) {
        int size = net.rows().size();
        List<Categorical> categories = net.columns().categories();
        SDVariable sum = null;
        int from = 0;
        for (int j = 0; j < categories.size(); j++) {
            int values = categories.get(j).values();
            double[] oneHot = new double[size * values];
            double[] known = new double[size];
            double[] constants = new double[size];
            for (int i = 0; i < size; i++) {
                int code = net.batch().code(i, j);
                if (code > 0) {
                    oneHot[i * values + code - 1] = 1;
                    known[i] = 1;
                }
                double u = categories.get(j).unseenProbability();
                constants[i] = code > 0 ? Math.log1p(-u) : code == 0 ? Math.log(u) : 0;
            }
            SDVariable own = columns(logits, net.columns().oneHotWidth(), from, from + values);
            SDVariable column = rowSum(own.mul(constant(oneHot, size, values)), values)
                    .sub(log(rowSum(exp(own), values)).mul(constant(known, size, 1)))
                    .add(constant(constants, size, 1));
            sum = sum == null ? column : sum.add(column);
            from += values;
        }
        return sum;
    }

    /** log sum_k w_k N(z; mu_k, sigma_k^2) [N, 1] */
    private SDVariable logMixture(
            SDVariable z, SDVariable mean, SDVariable logVariance, SDVariable logits, int components) {
        int latent = net.config().latent();
        SDVariable apart =
                graph.reshape(z, net.rows().size(), 1, latent).sub(graph.reshape(mean, 1, components, latent));
        SDVariable wide = graph.reshape(logVariance, 1, components, latent);
        SDVariable terms = square(apart).div(exp(wide)).add(wide).add(LOG_2_PI).mul(-0.5);
        SDVariable logWeights = logits.sub(log(rowSum(exp(logits), components)));
        return log(rowSum(exp(terms.sum(2).add(logWeights)), components));
    }

    /**
     * By Stirling's series from x + 10 on: log G(x) = log G(x + 10) - log(x (x + 1) ... (x + 9)); right to 1e-13 for positive x.
     */
    private SDVariable logGamma(SDVariable x) {
        SDVariable product = x;
        for (int i = 1; i < 10; i++) {
            product = product.mul(x.add(i));
        }
        SDVariable y = x.add(10);
        SDVariable inverse = y.rdiv(1);
        SDVariable square = inverse.mul(inverse);
        SDVariable series = square.mul(-1 / 1680.0)
                .add(1 / 1260.0)
                .mul(square)
                .sub(1 / 360.0)
                .mul(square)
                .add(1 / 12.0)
                .mul(inverse);
        return y.sub(0.5).mul(log(y)).sub(y).add(LOG_2_PI / 2).add(series).sub(log(product));
    }

    /** As a product, since the gradient of its own broadcast is wrong for a single column. */
    private SDVariable everyRow(SDVariable row) {
        return ones(net.rows().size(), 1).mmul(row);
    }

    /** scale^2 = 0.1^2 + exp(2 a) */
    private SDVariable variance(SDVariable a) {
        return exp(a.mul(2)).add(0.01);
    }

    private SDVariable hidden(SDVariable input, List<Layer> layers) {
        SDVariable output = input;
        for (Layer layer : layers) {
            SDVariable linear = layer.of(output);
            output = linear.mul(graph.nn().sigmoid(linear));
        }
        return output;
    }

    private Layer layer(int inputs, int outputs) {
        return new Layer(parameter(inputs, outputs), parameter(1, outputs));
    }

    private SDVariable parameter(int rows, int columns) {
        String name = "p" + names.size();
        names.add(name);
        return graph.var(name, slices.next(rows, columns));
    }

    private SDVariable constant(double[] values, int rows, int columns) {
        return graph.constant(
                Nd4j.createFromArray(values).reshape('c', rows, columns).castTo(DataType.DOUBLE));
    }

    private static double[] doubles(float[] values) {
        double[] wide = new double[values.length];
        Arrays.setAll(wide, i -> values[i]);
        return wide;
    }

    private SDVariable exp(SDVariable a) {
        return graph.math().exp(a);
    }

    private SDVariable log(SDVariable a) {
        return graph.math().log(a);
    }

    private static SDVariable square(SDVariable a) {
        return a.mul(a);
    }

    /** Neighbouring ones of so many columns, as a product. */
    private SDVariable columns(SDVariable all, int count, int from, int to) {
        double[] pick = new double[count * (to - from)];
        for (int k = from; k < to; k++) {
            pick[k * (to - from) + k - from] = 1;
        }
        return all.mmul(constant(pick, count, to - from));
    }

    /** As a product, since its own reduction fails on a single column. */
    private SDVariable rowSum(SDVariable a, int columns) {
        return a.mmul(ones(columns, 1));
    }

    private SDVariable ones(int rows, int columns) {
        return graph.constant(Nd4j.ones(DataType.DOUBLE, rows, columns));
    }
}
