package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.Columns.Categorical;
import java.util.List;

/**
 * Category columns of the input.
 *
 * @param index [N, columns] int64: code - 1 of a known value, otherwise 0
 * @param oneHot [N, columns] int64: which of all columns' known values it is, from 1 on; 0 if it is none
 * @param known [N, columns] 1 where there is a known value
 * @param unseen [N, columns] 1 where there is a value that training never saw
 */
record CategoryInput(Value index, Value oneHot, Value known, Value unseen) {

    static CategoryInput of(Graph graph, List<Categorical> columns) {
        long[] values = columns.stream().mapToLong(Categorical::values).toArray();
        long[] before = new long[values.length];
        for (int column = 1; column < values.length; column++) {
            before[column] = before[column - 1] + values[column - 1];
        }
        Value code = graph.longInput("categories", columns.size());
        Value isKnown =
                graph.and(graph.greaterOrEqual(code, graph.longs(1)), graph.lessOrEqual(code, graph.longs(values)));
        Value known = graph.toFloat(isKnown);
        Value present = graph.toFloat(graph.greaterOrEqual(code, graph.longs(0)));
        return new CategoryInput(
                graph.where(isKnown, graph.subtract(code, graph.longs(1)), graph.longs(0)),
                graph.where(isKnown, graph.add(code, graph.longs(before)), graph.longs(0)),
                known,
                graph.subtract(present, known));
    }

    CategoryInput select(Graph graph, int[] columns) {
        return new CategoryInput(
                graph.columns(index, columns),
                graph.columns(oneHot, columns),
                graph.columns(known, columns),
                graph.columns(unseen, columns));
    }
}
