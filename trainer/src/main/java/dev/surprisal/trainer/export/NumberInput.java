package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;

/**
 * Number columns of the input.
 *
 * @param raw [N, columns] in the fields' own units
 * @param standardised [N, columns]; 0 where missing
 * @param known [N, columns] 1 where there is a value, 0 where it is missing
 */
record NumberInput(Value raw, Value standardised, Value known) {

    NumberInput select(Graph graph, int[] columns) {
        return new NumberInput(
                graph.columns(raw, columns), graph.columns(standardised, columns), graph.columns(known, columns));
    }
}
