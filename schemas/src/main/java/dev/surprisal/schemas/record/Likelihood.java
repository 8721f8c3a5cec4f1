package dev.surprisal.schemas.record;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The distribution that a model learns for a number field. */
public enum Likelihood {
    /** Heavy-tailed, so that rare large values in the training records do not widen everything else. */
    @JsonProperty("student-t")
    STUDENT_T,
    /** The normal distribution. */
    @JsonProperty("gaussian")
    GAUSSIAN
}
