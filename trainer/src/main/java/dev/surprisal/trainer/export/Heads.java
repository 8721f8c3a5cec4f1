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
    private final int fields;
    private final List<Part> numbers = new ArrayList<>();
    private final List<Part> categories = new ArrayList<>();
    private final Value sampled;
    private final Value constant;

    /** A likelihood's nodes and the columns that they are about, counted among the numbers or among the categories. */
    private record Part(int[] columns, LikelihoodNodes nodes) {}

    Heads(Decoder decoder, NumberInput numberInput, CategoryInput categoryInput) {
        this.decoder = decoder;
        graph = decoder.graph();
        columns = decoder.vae().columns();
        fields = columns.numbers().size() + columns.categories().size();
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
        sampled = together(Stream.concat(numbers.stream(), categories.stream()), LikelihoodNodes::sampled);
        constant = together(Stream.concat(numbers.stream(), categories.stream()), LikelihoodNodes::constant);
    }

    private LikelihoodNodes number(NumberLikelihood kind, int[] ofKind, NumberInput input) {
        return switch (kind) {
            case GAUSSIAN -> GaussianNodes.of(decoder, ofKind, input);
            case STUDENT_T -> StudentTNodes.of(decoder, ofKind, input);
            case BERNOULLI -> BernoulliNodes.of(decoder, ofKind, input);
        };
    }

    /** log p(x | z), the sum over the columns [L, N, 1] */
    Value logLikelihood() {
        return graph.add(graph.total(sampled, fields), graph.total(constant, fields));
    }

    /** Adds the outputs about single fields to the graph. */
    void putOut() {
        int d = columns.numbers().size();
        int c = columns.categories().size();
        int[] fieldAt = Stream.concat(
                        numbers.stream().map(Part::columns),
                        categories.stream()
                                .map(part -> IntStream.of(part.columns)
                                        .map(column -> d + column)
                                        .toArray()))
                .flatMapToInt(IntStream::of)
                .toArray();
        Value logProbability = graph.add(decoder.mean(sampled, fields), constant);
        graph.floatOutput("field_log_probability", inOrder(fieldAt, logProbability), fields);
        if (d > 0) {
            graph.floatOutput("expected_numbers", inOrder(numbers, LikelihoodNodes::expected), d);
            graph.floatOutput("number_scale", inOrder(numbers, LikelihoodNodes::scale), d);
        }
        if (c > 0) {
            graph.longOutput("expected_categories", inOrder(categories, LikelihoodNodes::expected), c);
        }
    }

    private Value together(Stream<Part> parts, Function<LikelihoodNodes, Value> value) {
        return graph.concatenate(parts.map(Part::nodes).map(value).toList());
    }

    private Value inOrder(List<Part> parts, Function<LikelihoodNodes, Value> value) {
        int[] columnAt =
                parts.stream().map(Part::columns).flatMapToInt(IntStream::of).toArray();
        return inOrder(columnAt, together(parts.stream(), value));
    }

    /** Puts columns into order. */
    private Value inOrder(int[] columnAt, Value together) {
        int[] position = new int[columnAt.length];
        IntStream.range(0, columnAt.length).forEach(at -> position[columnAt[at]] = at);
        return isSorted(columnAt) ? together : graph.columns(together, position);
    }

    private static boolean isSorted(int[] columns) {
        return IntStream.range(1, columns.length).allMatch(i -> columns[i - 1] < columns[i]);
    }
}
