package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.TrainedVae;

/**
 * Number columns of the input.
 *
 * @param raw [N, columns] in the fields' own units
 * @param standardised [N, columns]; 0 where missing
 * @param known [N, columns] 1 where there is a value, 0 where it is missing
 */
record NumberInput(Value raw, Value standardised, Value known) {

    static NumberInput of(Graph graph, TrainedVae vae) {
        int columns = vae.columns().numbers().size();
        Value raw = graph.floatInput("numbers", columns);
        Value missing = graph.isNaN(raw);
        // Of halves, which are exact, so that no difference overflows.
        Value half = graph.multiply(raw, graph.scalar(0.5));
        Value scaled = graph.divide(
                graph.subtract(half, graph.constant(halves(vae.mean()), columns)),
                graph.constant(halves(vae.deviation()), columns));
        Value clipped = graph.clip(scaled, -TrainedVae.CLIP, TrainedVae.CLIP);
        return new NumberInput(
                raw,
                graph.where(missing, graph.scalar(0), clipped),
                graph.where(missing, graph.scalar(0), graph.scalar(1)));
    }

    private static float[] halves(float[] values) {
        float[] halves = values.clone();
        for (int i = 0; i < halves.length; i++) {
            halves[i] *= 0.5f;
        }
        return halves;
    }

    NumberInput select(Graph graph, int[] columns) {
        return new NumberInput(
                graph.columns(raw, columns), graph.columns(standardised, columns), graph.columns(known, columns));
    }
}
