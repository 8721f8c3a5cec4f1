package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.Columns;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The likelihoods of all columns: those of one kind are worked on together, then put back into column order. */
final class Heads {

    private final Decoder decoder;
    private final Graph graph;
    private final Columns columns;
    private final List<Part> numbers = new ArrayList<>();
    private final List<Part> categories = new ArrayList<>();

    /** A likelihood's nodes and the columns that they are about, counted among the numbers or among the categories. */
    private record Part(int[] columns, LikelihoodNodes nodes) {}

    Heads(Decoder decoder, NumberInput numberInput, CategoryInput categoryInput) {
        this.decoder = decoder;
        graph = decoder.graph();
        columns = decoder.vae().columns();
        int d = columns.numbers().size();
        for (NumberLikelihood kind : NumberLikelihood.values()) {
            int[] ofKind = IntStream.range(0, d)
                    .filter(column -> columns.numbers().get(column) == kind)
                    .toArray();
            if (ofKind.length > 0) {
                NumberInput input = ofKind.length == d ? numberInput : numberInput.select(graph, ofKind);
                numbers.add(new Part(ofKind, number(kind, ofKind, input)));
            }
        }
        int c = columns.categories().size();
        int[] group =
                columns.categories().stream().mapToInt(CategoricalNodes::group).toArray();
        for (int width : IntStream.of(group).distinct().sorted().toArray()) {
            int[] ofGroup = IntStream.range(0, c)
                    .filter(column -> group[column] == width)
                    .toArray();
            CategoryInput input = ofGroup.length == c ? categoryInput : categoryInput.select(graph, ofGroup);
            categories.add(new Part(ofGroup, CategoricalNodes.of(decoder, ofGroup, input)));
        }
    }

    private LikelihoodNodes number(NumberLikelihood kind, int[] ofKind, NumberInput input) {
        return switch (kind) {
            case GAUSSIAN -> GaussianNodes.of(decoder, ofKind, input);
            case STUDENT_T -> StudentTNodes.of(decoder, ofKind, input);
            case BERNOULLI -> BernoulliNodes.of(decoder, ofKind, input);
        };
    }

    /** sum over the columns of the part of log p(x | z) that depends on z [L, N, 1] */
    Value sampledTotal() {
        return parts().map(part -> graph.total(part.nodes.sampled(), part.columns.length))
                .reduce(graph::add)
                .orElseThrow();
    }

    /** sum over the columns of the part of log p(x | z) that does not depend on z [N, 1] */
    Value constantTotal() {
        return parts().map(part -> graph.total(part.nodes.constant(), part.columns.length))
                .reduce(graph::add)
                .orElseThrow();
    }

    void putOut() {
        List<Value> fields = new ArrayList<>();
        if (!numbers.isEmpty()) {
            int d = columns.numbers().size();
            fields.add(inOrder(numbers, this::fieldLogProbability));
            graph.floatOutput("expected_numbers", inOrder(numbers, part -> part.nodes.expected()), d);
            graph.floatOutput("number_scale", inOrder(numbers, part -> part.nodes.scale()), d);
        }
        if (!categories.isEmpty()) {
            int c = columns.categories().size();
            fields.add(inOrder(categories, this::fieldLogProbability));
            graph.longOutput("expected_categories", inOrder(categories, part -> part.nodes.expected()), c);
        }
        graph.floatOutput(
                "field_log_probability",
                graph.concatenate(fields),
                columns.numbers().size() + columns.categories().size());
    }

    private Value fieldLogProbability(Part part) {
        return graph.add(decoder.mean(part.nodes.sampled(), part.columns.length), part.nodes.constant());
    }

    private Stream<Part> parts() {
        return Stream.concat(numbers.stream(), categories.stream());
    }

    private Value inOrder(List<Part> parts, Function<Part, Value> value) {
        Value together = graph.concatenate(parts.stream().map(value).toList());
        int[] columnAt =
                parts.stream().flatMapToInt(part -> IntStream.of(part.columns)).toArray();
        int[] position = new int[columnAt.length];
        IntStream.range(0, columnAt.length).forEach(at -> position[columnAt[at]] = at);
        return parts.size() == 1 ? together : graph.columns(together, position);
    }
}
