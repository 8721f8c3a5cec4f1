package dev.surprisal.schemas.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;

/** The output of a model whose negative is the score: the larger the score, the more improbable the record. */
public enum ScoreOutput {
    /** The evidence lower bound, in nats (Kingma and Welling 2014). */
    ELBO,
    /** The importance-weighted bound on log p(x), in nats (Burda et al. 2016). */
    LOG_LIKELIHOOD,
    /** The reconstruction probability, the mean over z of log p(x|z), in nats (An and Cho 2015). */
    RECONSTRUCTION_LOG_PROBABILITY;

    /** The output's name in the model's graph. */
    @JsonValue
    public String outputName() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    static ScoreOutput of(String name) {
        return Arrays.stream(values())
                .filter(output -> output.outputName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no model output is called " + name));
    }
}
