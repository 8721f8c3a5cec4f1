package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.export.Heads.Part;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import dev.surprisal.trainer.vae.TrainedVae;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The outputs about single fields, over the samples of all members, in column order. */
final class FieldOutputs {

    private final Graph graph;
    private final TrainedVae first;
    private final Samples samples;
    private final List<Heads> heads;
    private final int numbers;
    private final int categories;
    private final Value logRatio;

    /**
     * @param first a member, for what is the same in all
     * @param logRatio log p(x, z) / q(z | x) of the samples of all members [S, N, 1]
     */
    FieldOutputs(Graph graph, TrainedVae first, Samples samples, List<Member> members, Value logRatio) {
        this.graph = graph;
        this.first = first;
        this.samples = samples;
        heads = members.stream().map(Member::heads).toList();
        numbers = first.columns().numbers().size();
        categories = first.columns().categories().size();
        this.logRatio = logRatio;
    }

    /** log p(x_j | z) of each column, the mean over the samples. */
    void putLogProbabilities() {
        int[] fieldAt = IntStream.concat(
                        IntStream.of(columns(heads.get(0).numbers())),
                        IntStream.of(columns(heads.get(0).categories())).map(column -> numbers + column))
                .toArray();
        int fields = numbers + categories;
        Value sampled = graph.concatenate(heads.stream().map(Heads::sampled).toList(), 0);
        Value logProbability = graph.add(samples.mean(sampled, fields), meanOverMembers(Heads::constant));
        graph.floatOutput("field_log_probability", inOrder(fieldAt, logProbability), fields);
    }

    /** What each column is expected to hold given the others. */
    void putExpectations() {
        List<Part> numberParts = heads.get(0).numbers();
        List<Part> categoryParts = heads.get(0).categories();
        int[] numberAt = columns(numberParts);
        int[] categoryAt = columns(categoryParts);
        if (numbers > 0) {
            List<Value> expected = new ArrayList<>();
            List<Value> scale = new ArrayList<>();
            for (int part = 0; part < numberParts.size(); part++) {
                if (numberParts.get(part).kind() == NumberLikelihood.BERNOULLI) {
                    putBoolean(part, expected, scale);
                } else if (numberParts.get(part).kind() == NumberLikelihood.NEGATIVE_BINOMIAL) {
                    putCount(part, expected, scale);
                } else {
                    putScaled(part, expected, scale);
                }
            }
            graph.floatOutput("expected_numbers", inOrder(numberAt, graph.concatenate(expected, -1)), numbers);
            graph.floatOutput("number_scale", inOrder(numberAt, graph.concatenate(scale, -1)), numbers);
        }
        if (categories > 0) {
            List<Value> mostProbable = new ArrayList<>();
            List<Value> all = new ArrayList<>();
            for (int part = 0; part < categoryParts.size(); part++) {
                putCategories(part, mostProbable, all);
            }
            graph.longOutput(
                    "expected_categories", inOrder(categoryAt, graph.concatenate(mostProbable, -1)), categories);
            graph.floatOutput(
                    "category_probabilities",
                    graph.columns(graph.concatenate(all, -1), valuesInOrder(categoryParts)),
                    first.columns().oneHotWidth());
        }
    }

    private Value meanOverMembers(Function<Heads, Value> value) {
        List<Value> all = heads.stream().map(value).toList();
        Value sum = all.get(0);
        for (Value next : all.subList(1, all.size())) {
            sum = graph.add(sum, next);
        }
        return all.size() == 1 ? sum : graph.multiply(sum, graph.scalar(1.0 / all.size()));
    }

    /** The mean in the fields' own units, and the deviation: of the means around it, and of the likelihood around each. */
    private void putScaled(int part, List<Value> expected, List<Value> scale) {
        int[] columns = heads.get(0).numbers().get(part).columns();
        Expectations expectations = expectations(part, Heads::numbers);
        Value means = together(part, Heads::numbers, LikelihoodNodes::predicted);
        Value mean = expectations.mean(means);
        Value spread = expectations.mean(graph.square(graph.subtract(means, mean)));
        Value own = heads.get(0).numbers().get(part).kind() == NumberLikelihood.HETEROSCEDASTIC
                ? expectations.mean(latentVariance(part))
                : variance(part, expectations);
        Value deviation = graph.squareRoot(graph.add(spread, own));
        Value ownUnit = perColumn(columns, first.deviation());
        expected.add(graph.add(graph.multiply(mean, ownUnit), perColumn(columns, first.mean())));
        scale.add(graph.multiply(deviation, ownUnit));
    }

    /** The mean m, and the deviation: of the samples' means around it, and of the likelihood around each, m + s^2 m^2. */
    private void putCount(int part, List<Value> expected, List<Value> scale) {
        Expectations expectations = expectations(part, Heads::numbers);
        Value means = together(part, Heads::numbers, LikelihoodNodes::predicted);
        Value mean = expectations.mean(means);
        Value spread = graph.square(graph.subtract(means, mean));
        Value own = graph.add(means, graph.multiply(graph.square(means), variancePerSample(part)));
        expected.add(mean);
        scale.add(graph.squareRoot(expectations.mean(graph.add(spread, own))));
    }

    /** The likelihoods' variances: the same for all rows where there is one member, otherwise weighted as its samples are. */
    private Value variance(int part, Expectations expectations) {
        return heads.size() == 1
                ? graph.constant(variance(0, part), variance(0, part).length)
                : expectations.mean(variancePerSample(part));
    }

    /** [S, N, columns] */
    private Value latentVariance(int part) {
        return graph.concatenate(
                heads.stream()
                        .map(member -> member.variance(member.numbers().get(part)))
                        .toList(),
                0);
    }

    private double[] variance(int member, int part) {
        return heads.get(member).numbers().get(part).nodes().variance();
    }

    /** [S, 1, columns] */
    private Value variancePerSample(int part) {
        int columns = variance(0, part).length;
        double[] ofSamples = new double[samples.count() * columns];
        int perMember = samples.count() / heads.size();
        for (int sample = 0; sample < samples.count(); sample++) {
            System.arraycopy(variance(sample / perMember, part), 0, ofSamples, sample * columns, columns);
        }
        return graph.constant(ofSamples, samples.count(), 1, columns);
    }

    /** The probability of 1, and the deviation sqrt(p (1 - p)). */
    private void putBoolean(int part, List<Value> expected, List<Value> scale) {
        // The rounded sums might have a quotient above 1, of which the root below is none.
        Value probability = graph.clip(
                expectations(part, Heads::numbers).mean(together(part, Heads::numbers, LikelihoodNodes::predicted)),
                0,
                1);
        expected.add(probability);
        scale.add(graph.squareRoot(graph.multiply(probability, graph.subtract(graph.scalar(1), probability))));
    }

    /** The most probable codes [N, columns], and the probabilities of all values [N, columns x width]. */
    private void putCategories(int part, List<Value> mostProbable, List<Value> all) {
        int[] columns = heads.get(0).categories().get(part).columns();
        int width = CategoricalNodes.width(first, columns);
        Expectations expectations = expectations(part, Heads::categories);
        Value sums = expectations.sum(together(part, Heads::categories, LikelihoodNodes::predicted), width);
        Value probabilities = expectations.meanOf(sums);
        mostProbable.add(graph.add(graph.argMax(sums), graph.longs(1)));
        all.add(graph.reshape(probabilities, -1, (long) columns.length * width));
    }

    /** Where each value of each column stands among those of all parts, whose columns are filled up to one width. */
    private int[] valuesInOrder(List<Part> parts) {
        int[][] ofColumn = new int[categories][];
        int from = 0;
        for (Part part : parts) {
            int width = CategoricalNodes.width(first, part.columns());
            for (int column : part.columns()) {
                int start = from;
                int values = first.columns().categories().get(column).values();
                ofColumn[column] = IntStream.range(start, start + values).toArray();
                from += width;
            }
        }
        return Stream.of(ofColumn).flatMapToInt(IntStream::of).toArray();
    }

    private Expectations expectations(int part, Function<Heads, List<Part>> kind) {
        int columns = kind.apply(heads.get(0)).get(part).columns().length;
        Value logProbability = heads.size() == 1
                // Without the constant: what is the same for all samples does not change how they weigh.
                ? together(part, kind, LikelihoodNodes::sampled)
                : together(part, kind, nodes -> graph.add(nodes.sampled(), nodes.constant()));
        return Expectations.of(graph, samples, columns, logRatio, logProbability);
    }

    /** Values of the samples of all members, one member after the other. */
    private Value together(int part, Function<Heads, List<Part>> kind, Function<LikelihoodNodes, Value> value) {
        return graph.concatenate(
                heads.stream()
                        .map(member -> value.apply(kind.apply(member).get(part).nodes()))
                        .toList(),
                0);
    }

    private Value perColumn(int[] columns, float[] values) {
        return graph.constant(
                IntStream.of(columns).mapToDouble(column -> values[column]).toArray(), columns.length);
    }

    private static int[] columns(List<Part> parts) {
        return parts.stream().map(Part::columns).flatMapToInt(IntStream::of).toArray();
    }

    /** Puts columns into order. */
    private Value inOrder(int[] columnAt, Value together) {
        int[] position = new int[columnAt.length];
        IntStream.range(0, columnAt.length).forEach(at -> position[columnAt[at]] = at);
        boolean sorted = IntStream.range(1, columnAt.length).allMatch(i -> columnAt[i - 1] < columnAt[i]);
        return sorted ? together : graph.columns(together, position);
    }
}
