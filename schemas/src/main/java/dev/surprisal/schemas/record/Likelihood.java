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
    /** Of counts, the whole numbers from 0 on: variance and mean are learned apart, with the Poisson distribution as the limit. */
    @JsonProperty("negative-binomial")
    NEGATIVE_BINOMIAL
}
