package dev.surprisal.engine;

import dev.surprisal.schemas.record.RecordSpec;
import java.util.LinkedHashSet;
import java.util.Set;

/** The names of a model graph's inputs and outputs. */
final class Signature {

    static final String NUMBERS = "numbers";
    static final String CATEGORIES = "categories";

    static final String ELBO = "elbo";
    static final String LOG_LIKELIHOOD = "log_likelihood";
    static final String RECONSTRUCTION_LOG_PROBABILITY = "reconstruction_log_probability";
    static final String FIELD_LOG_PROBABILITY = "field_log_probability";
    static final String EXPECTED_NUMBERS = "expected_numbers";
    static final String NUMBER_SCALE = "number_scale";
    static final String EXPECTED_CATEGORIES = "expected_categories";
    /** Only for reasons; models before format 1.1 have none. */
    static final String CATEGORY_PROBABILITIES = "category_probabilities";

    /** Only for the latent map. */
    static final String LATENT_MEAN = "latent_mean";

    /** The bound in the graph of the first look. */
    static final String FIRST_LOOK = "first_look";

    private Signature() {}

    /** A graph has no input without columns. */
    static Set<String> inputs(RecordSpec spec) {
        Set<String> names = new LinkedHashSet<>();
        if (!spec.numberColumns().isEmpty()) {
            names.add(NUMBERS);
        }
        if (!spec.categoryColumns().isEmpty()) {
            names.add(CATEGORIES);
        }
        return names;
    }

    /** The outputs of the graph of the first look that reasons ask for. */
    static Set<String> explanation(RecordSpec spec) {
        Set<String> names = new LinkedHashSet<>(Set.of(FIRST_LOOK));
        if (!spec.numberColumns().isEmpty()) {
            names.add(EXPECTED_NUMBERS);
            names.add(NUMBER_SCALE);
        }
        if (!spec.categoryColumns().isEmpty()) {
            names.add(CATEGORY_PROBABILITIES);
        }
        return names;
    }

    /** The outputs that scoring asks for; a graph has none without columns. */
    static Set<String> outputs(RecordSpec spec) {
        Set<String> names = new LinkedHashSet<>(
                Set.of(ELBO, LOG_LIKELIHOOD, RECONSTRUCTION_LOG_PROBABILITY, FIELD_LOG_PROBABILITY));
        if (!spec.numberColumns().isEmpty()) {
            names.add(EXPECTED_NUMBERS);
            names.add(NUMBER_SCALE);
        }
        if (!spec.categoryColumns().isEmpty()) {
            names.add(EXPECTED_CATEGORIES);
        }
        return names;
    }
}
