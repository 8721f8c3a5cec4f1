package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;

/** The likelihoods of a model's columns: columns of one kind together. */
final class Likelihoods {

    private Likelihoods() {}

    static List<Likelihood> of(Columns columns, Parameters parameters, DataType type, int size, RowWeights weights) {
        List<Likelihood> likelihoods = new ArrayList<>();
        for (NumberLikelihood kind : NumberLikelihood.values()) {
            int[] ofKind = IntStream.range(0, columns.numbers().size())
                    .filter(column -> columns.numbers().get(column) == kind)
                    .toArray();
            if (ofKind.length > 0) {
                likelihoods.add(
                        switch (kind) {
                            case GAUSSIAN -> new GaussianLikelihood(parameters, ofKind, size, weights);
                            case HETEROSCEDASTIC -> new HeteroscedasticLikelihood(columns, ofKind, size);
                            case STUDENT_T -> new StudentTLikelihood(parameters, ofKind, size, weights);
                            case BERNOULLI -> new BernoulliLikelihood(type, ofKind, size);
                            case NEGATIVE_BINOMIAL -> new NegativeBinomialLikelihood(parameters, ofKind, size, weights);
                        });
            }
        }
        if (!columns.categories().isEmpty()) {
            likelihoods.add(new CategoricalLikelihood(
                    columns.categories(), columns.numbers().size(), size));
        }
        return likelihoods;
    }
}
