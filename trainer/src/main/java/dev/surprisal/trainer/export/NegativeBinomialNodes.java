package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.NegativeBinomial;
import dev.surprisal.trainer.vae.TrainedVae;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.numbers.gamma.LogGamma;

/**
 * The distribution of {@link NegativeBinomial}, with the negative binomial part in the form of Loader (2000), log NB(x | m) = C(x) - D(x, m) with C(x) = log NB(x | m = x), so that large counts cause no
 * differences of large numbers: log p(x | m) = log(1 - u) + C(x) + log(exp(-D(x, m)) + exp(K(x))) with K(x) = log(u / (1 - u)) - log((x + 1) (x + 2)) - C(x).
 *
 * <p>With r = 1 / s^2 and t = log(m / r), D(x, m) = r log(1 + exp(t)) + x log(1 + exp(-t)) - A(x), A(x) = r log(1 + x/r) + x log(1 + r/x), and C(x) = -1/2 log(2 pi x (1 + x/r)) + S(x+r) - S(x) -
 * S(r), where S(y) = log G(y) - (y - 1/2) log y + y - 1/2 log(2 pi) is the rest that Stirling's formula leaves, 1/(12 y) - 1/(360 y^3) + 1/(1260 y^5) - ... Small counts, for which the series
 * is not good enough, have A and C in a table. Up to D in double precision; what does not depend on z is computed once a row.
 */
final class NegativeBinomialNodes {

    private static final double LOG_2_PI = Math.log(2 * Math.PI);
    /** Counts below this stand in the table; from here on, three terms of the series leave less than 1e-11. */
    private static final int TABLE = 16;

    private final Decoder decoder;
    private final Graph graph;
    private final int[] columns;
    private final NumberInput input;

    private NegativeBinomialNodes(Decoder decoder, int[] columns, NumberInput input) {
        this.decoder = decoder;
        graph = decoder.graph();
        this.columns = columns;
        this.input = input;
    }

    static LikelihoodNodes of(Decoder decoder, int[] columns, NumberInput input) {
        return new NegativeBinomialNodes(decoder, columns, input).nodes();
    }

    private LikelihoodNodes nodes() {
        TrainedVae vae = decoder.vae();
        // Whole numbers within the range, 0 where missing; what is no count is cut to one.
        Value present = graph.where(graph.isNaN(input.raw()), graph.scalar(0), input.raw());
        Value code = graph.toLong(graph.clip(present, 0, NegativeBinomial.GREATEST_COUNT));
        Value count = graph.toDouble(code);
        Value large = graph.clip(count, scalar(TABLE), scalar(NegativeBinomial.GREATEST_COUNT));
        Value isSmall = graph.lessOrEqual(code, graph.longs(TABLE - 1));
        Value index = graph.add(
                graph.where(isSmall, code, graph.longs(0)),
                graph.longs(IntStream.range(0, columns.length)
                        .mapToLong(i -> (long) i * TABLE)
                        .toArray()));

        Value r = perColumn(column -> r(vae, column));
        Value logOfMean = graph.logOfDoubles(graph.add(one(), graph.divide(large, r)), columns.length);
        Value logOfCount = graph.logOfDoubles(graph.add(one(), graph.divide(r, large)), columns.length);
        Value offset = graph.where(
                isSmall,
                graph.rows(table(NegativeBinomialNodes::offset), index),
                graph.add(graph.multiply(r, logOfMean), graph.multiply(large, logOfCount)));
        // log(x (1 + x/r)) = log r + 2 log(1 + x/r) - log(1 + r/x)
        Value logOfVariance = graph.subtract(graph.add(logOfMean, logOfMean), logOfCount);
        Value series = graph.subtract(rest(graph.add(large, r)), rest(large));
        Value saturated = graph.where(
                isSmall,
                graph.rows(table(NegativeBinomialNodes::saturated), index),
                graph.add(
                        graph.subtract(series, graph.multiply(scalar(0.5), logOfVariance)),
                        perColumn(column -> -0.5 * (LOG_2_PI + Math.log(r(vae, column))) - rest(r(vae, column)))));

        Value logOfPairs = graph.logOfDoubles(
                graph.multiply(graph.add(count, one()), graph.add(count, scalar(2))), columns.length);
        double logOdds = Math.log(NegativeBinomial.ANY_SIZE) - Math.log1p(-NegativeBinomial.ANY_SIZE);
        Value anySize = graph.toFloat(graph.subtract(graph.subtract(scalar(logOdds), logOfPairs), saturated));

        Value logMean = graph.clip(
                graph.add(
                        graph.toDouble(decoder.outputs(columns)),
                        perColumn(column -> NegativeBinomial.start(vae.mean()[column]))),
                scalar(NegativeBinomial.LEAST_LOG_MEAN),
                scalar(NegativeBinomial.GREATEST_LOG_MEAN));
        Value t = graph.subtract(logMean, perColumn(column -> Math.log(r(vae, column))));
        Value closeness = graph.toFloat(graph.subtract(offset, bySoftplus(t, r, count)));
        Value sampled = graph.add(anySize, graph.softplus(graph.subtract(closeness, anySize)));
        Value constant = graph.toFloat(graph.add(saturated, scalar(Math.log1p(-NegativeBinomial.ANY_SIZE))));
        return new LikelihoodNodes(
                graph.multiply(sampled, input.known()),
                graph.multiply(constant, input.known()),
                graph.exp(graph.toFloat(logMean)),
                IntStream.of(columns).mapToDouble(column -> 1 / r(vae, column)).toArray());
    }

    /** r log(1 + exp(t)) + x log(1 + exp(-t)) [L, N, columns], so that nothing overflows. */
    private Value bySoftplus(Value t, Value r, Value count) {
        Value common = graph.log(graph.add(one(), graph.exp(graph.negative(graph.absolute(t)))));
        Value minusCount = graph.negative(count);
        Value factor = graph.where(graph.greaterOrEqual(t, scalar(0)), r, minusCount);
        return graph.add(graph.multiply(graph.add(count, r), common), graph.multiply(t, factor));
    }

    /** S(y) of large y. */
    private Value rest(Value y) {
        Value inverse = graph.divide(one(), y);
        Value square = graph.square(inverse);
        Value inner = graph.subtract(scalar(1 / 360.0), graph.multiply(square, scalar(1 / 1260.0)));
        return graph.multiply(inverse, graph.subtract(scalar(1 / 12.0), graph.multiply(square, inner)));
    }

    /** S(y) of any y. */
    private static double rest(double y) {
        return LogGamma.value(y) - (y - 0.5) * Math.log(y) + y - 0.5 * LOG_2_PI;
    }

    private static double r(TrainedVae vae, int column) {
        return 1 / ((double) vae.scale()[column] * vae.scale()[column]);
    }

    /** A(x) */
    private static double offset(int count, double r) {
        return count == 0 ? 0 : r * Math.log1p(count / r) + count * Math.log1p(r / count);
    }

    /** log p(x | m = x) */
    private static double saturated(int count, double r) {
        double coefficient = LogGamma.value(count + r) - LogGamma.value(r) - LogGamma.value(count + 1.0);
        return count == 0 ? 0 : coefficient - offset(count, r);
    }

    /** A function of a small count and of r. */
    private interface OfCount {
        double of(int count, double r);
    }

    /** Its values [columns TABLE], column by column. */
    private Value table(OfCount function) {
        double[] values = new double[columns.length * TABLE];
        for (int i = 0; i < values.length; i++) {
            values[i] = function.of(i % TABLE, r(decoder.vae(), columns[i / TABLE]));
        }
        return graph.doubleConstant(values, values.length);
    }

    private Value perColumn(IntToDoubleFunction value) {
        return graph.doubleConstant(IntStream.of(columns).mapToDouble(value).toArray(), columns.length);
    }

    private Value scalar(double value) {
        return graph.doubleConstant(new double[] {value});
    }

    private Value one() {
        return scalar(1);
    }
}
