package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.Columns.Categorical;
import dev.surprisal.trainer.vae.Dense;
import dev.surprisal.trainer.vae.TrainedVae;
import java.util.Arrays;
import java.util.List;

/**
 * log p(c) = log(1 - u) + log softmax_c(logits) of a known value, log u of an unseen one, 0 where missing.
 *
 * <p>Columns with about as many values are worked on together, [L, N, columns, width]; the narrower ones are filled up with logits that have no probability.
 */
final class CategoricalNodes {

    /** A logit of a value that cannot be: far below all others, but finite, so that 0 times it is 0. */
    private static final float IMPOSSIBLE = -1e30f;

    private CategoricalNodes() {}

    /** Columns of one group have widths between the same powers of two. */
    static int group(Categorical column) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(column.values() - 1);
    }

    /** How many values the widest of some columns knows. */
    static int width(TrainedVae vae, int[] columns) {
        return Arrays.stream(columns)
                .map(column -> vae.columns().categories().get(column).values())
                .max()
                .orElseThrow();
    }

    static LikelihoodNodes of(Decoder decoder, int[] columns, CategoryInput input) {
        Graph graph = decoder.graph();
        List<Categorical> all = decoder.vae().columns().categories();
        int width = width(decoder.vae(), columns);
        Value logits = decoder.outputs(head(decoder, columns, width), columns.length, width);
        Value logSoftmax = graph.logSoftmax(logits, -1);

        Value index = graph.expand(graph.reshape(input.index(), 1, -1, columns.length, 1), decoder.samples(), 1, 1, 1);
        Value ofValue = graph.reshape(graph.elements(logSoftmax, index), decoder.samples(), -1, columns.length);
        Value logOfKnown =
                decoder.perColumn(columns, column -> Math.log1p(-all.get(column).unseenProbability()));
        Value logOfUnseen =
                decoder.perColumn(columns, column -> Math.log(all.get(column).unseenProbability()));
        Value constant =
                graph.add(graph.multiply(input.known(), logOfKnown), graph.multiply(input.unseen(), logOfUnseen));

        return new LikelihoodNodes(
                graph.multiply(ofValue, input.known()), constant, graph.exp(logSoftmax), new double[0]);
    }

    /** The part of the head with the columns' logits, each column filled up to the width. */
    private static Dense head(Decoder decoder, int[] columns, int width) {
        List<Categorical> all = decoder.vae().columns().categories();
        Dense head = decoder.vae().head();
        int outputs = columns.length * width;
        float[] weights = new float[head.inputs() * outputs];
        float[] bias = new float[outputs];
        Arrays.fill(bias, IMPOSSIBLE);
        for (int i = 0; i < columns.length; i++) {
            int values = all.get(columns[i]).values();
            int from = decoder.vae().columns().numbers().size()
                    + all.subList(0, columns[i]).stream()
                            .mapToInt(Categorical::values)
                            .sum();
            System.arraycopy(head.bias(), from, bias, i * width, values);
            for (int row = 0; row < head.inputs(); row++) {
                System.arraycopy(
                        head.weights(), row * head.outputs() + from, weights, row * outputs + i * width, values);
            }
        }
        return new Dense(head.inputs(), outputs, weights, bias);
    }
}
