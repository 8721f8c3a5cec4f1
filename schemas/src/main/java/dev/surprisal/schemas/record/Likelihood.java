package dev.surprisal.schemas.record;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The distribution that a model learns for a number field. */
public enum Likelihood {
    /** Heavy-tailed, so that rare large values in the training records do not widen everything else. */
    @JsonProperty("student-t")
    STUDENT_T,
    /** The normal distribution. */
    @JsonProperty("gaussian")
    GAUSSIAN,
    /** The normal distribution, of which the deviation, too, depends on the rest of the record. */
    @JsonProperty("heteroscedastic")
    HETEROSCEDASTIC,
    /**
     * The negative binomial distribution, for counts: whole numbers from 0 on. A record with anything else in the field becomes a dead letter, as one with text in a number does. The field's
     * log-probabilities are those of the count itself, while the others have densities of the standardised number.
     */
    @JsonProperty("negative-binomial")
    NEGATIVE_BINOMIAL
}
