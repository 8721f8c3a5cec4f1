package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Columns whose likelihood depends on the distance from the decoder's mean, measured in a unit of each column's own; the head's weights give the means in that
 * unit, so that the density needs no further factors.
 *
 * @param decoder where the means come from
 * @param columns which columns
 * @param unit [columns] in deviations of the column
 * @param means [L, N, columns] in that unit
 */
record ScaledNodes(Decoder decoder, int[] columns, double[] unit, Value means) {

    static ScaledNodes of(Decoder decoder, int[] columns, IntToDoubleFunction unit) {
        double[] units = IntStream.of(columns).mapToDouble(unit).toArray();
        return new ScaledNodes(decoder, columns, units, decoder.outputs(columns, units));
    }

    /** ((x - m) / unit)^2 [L, N, columns] */
    Value squaredDistance(NumberInput input) {
        Graph graph = decoder.graph();
        Value inverse = perColumn(i -> 1 / unit[i]);
        return graph.square(graph.subtract(means, graph.multiply(input.standardised(), inverse)));
    }

    /**
     * The columns' nodes.
     *
     * @param deviation of a column around the decoder's mean, standardised
     */
    LikelihoodNodes nodes(Value sampled, Value constant, IntToDoubleFunction deviation) {
        return new LikelihoodNodes(
                sampled,
                constant,
                decoder.graph().multiply(means, perColumn(i -> unit[i])),
                IntStream.of(columns)
                        .mapToDouble(column -> Math.pow(deviation.applyAsDouble(column), 2))
                        .toArray());
    }

    private Value perColumn(IntToDoubleFunction value) {
        return decoder.perColumn(IntStream.range(0, columns.length).toArray(), value);
    }
}
