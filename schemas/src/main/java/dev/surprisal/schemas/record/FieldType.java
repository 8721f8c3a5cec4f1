package dev.surprisal.schemas.record;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a field holds, and so how it enters the model. */
public enum FieldType {
    /** A real number; one number column. */
    @JsonProperty("number")
    NUMBER,
    /** One of a limited set of values; one category column. */
    @JsonProperty("category")
    CATEGORY,
    /** True or false; one number column that holds 1 or 0. */
    @JsonProperty("boolean")
    BOOLEAN,
    /** A point in time; two category columns, its hour of the day and its day of the week. */
    @JsonProperty("timestamp")
    TIMESTAMP,
    /** An identifier, free text or anything else that the model does not look at. */
    @JsonProperty("ignored")
    IGNORED
}
