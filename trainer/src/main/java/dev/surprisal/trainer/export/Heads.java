package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.Columns;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The likelihoods of all columns of one autoencoder: those of one kind are worked on together. */
final class Heads {

    private final Decoder decoder;
    private final Graph graph;
    private final int fields;
    private final List<Part> numbers = new ArrayList<>();
    private final List<Part> categories = new ArrayList<>();
    private final Value sampled;
    private final Value constant;

    /**
     * A likelihood's nodes and the columns that they are about.
     *
     * @param columns counted among the numbers or among the categories
     * @param kind of numbers; null of categories
     */
    record Part(int[] columns, NumberLikelihood kind, LikelihoodNodes nodes) {}

    Heads(Decoder decoder, NumberInput numberInput, CategoryInput categoryInput) {
        this.decoder = decoder;
        graph = decoder.graph();
        Columns columns = decoder.vae().columns();
        fields = columns.numbers().size() + columns.categories().size();
        int d = columns.numbers().size();
        for (NumberLikelihood kind : NumberLikelihood.values()) {
            int[] ofKind = IntStream.range(0, d)
                    .filter(column -> columns.numbers().get(column) == kind)
                    .toArray();
            if (ofKind.length > 0) {
                NumberInput input = ofKind.length == d ? numberInput : numberInput.select(graph, ofKind);
                numbers.add(new Part(ofKind, kind, number(kind, ofKind, input)));
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
            categories.add(new Part(ofGroup, null, CategoricalNodes.of(decoder, ofGroup, input)));
        }
        sampled = together(LikelihoodNodes::sampled);
        constant = together(LikelihoodNodes::constant);
    }

    private LikelihoodNodes number(NumberLikelihood kind, int[] ofKind, NumberInput input) {
        return switch (kind) {
            case GAUSSIAN -> GaussianNodes.of(decoder, ofKind, input);
            case HETEROSCEDASTIC -> HeteroscedasticNodes.of(decoder, ofKind, input);
            case STUDENT_T -> StudentTNodes.of(decoder, ofKind, input);
            case BERNOULLI -> BernoulliNodes.of(decoder, ofKind, input);
            case NEGATIVE_BINOMIAL -> NegativeBinomialNodes.of(decoder, ofKind, input);
        };
    }

    private Value together(Function<LikelihoodNodes, Value> value) {
        return graph.concatenate(
                Stream.concat(numbers.stream(), categories.stream())
                        .map(Part::nodes)
                        .map(value)
                        .toList(),
                -1);
    }

    /** s^2 of a part of heteroscedastic columns [L, N, columns], standardised. */
    Value variance(Part part) {
        return HeteroscedasticNodes.variance(decoder, part.columns);
    }

    List<Part> numbers() {
        return numbers;
    }

    List<Part> categories() {
        return categories;
    }

    /** The part of log p(x | z) that depends on z [L, N, D + C], the columns in the order of the parts. */
    Value sampled() {
        return sampled;
    }

    /** The part of log p(x | z) that does not [N, D + C], likewise. */
    Value constant() {
        return constant;
    }

    /** log p(x | z), the sum over the columns [L, N, 1] */
    Value logLikelihood() {
        return graph.add(graph.total(sampled, fields), graph.total(constant, fields));
    }
}
