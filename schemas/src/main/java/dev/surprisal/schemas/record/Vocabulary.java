package dev.surprisal.schemas.record;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The values of a category column that a model knows; the first has code 1. */
public final class Vocabulary implements CategoryCodes {

    private final List<String> values;
    private final Map<String, Integer> codes;

    @JsonCreator
    public Vocabulary(List<String> values) {
        this.values = List.copyOf(values);
        codes = new HashMap<>();
        for (String value : values) {
            if (codes.put(value, codes.size() + 1) != null) {
                throw new IllegalArgumentException("'" + value + "' stands twice in a vocabulary");
            }
        }
    }

    @JsonValue
    public List<String> values() {
        return values;
    }

    @Override
    public int code(String value) {
        Integer code = codes.get(value);
        return code == null ? UNSEEN : code;
    }

    /** The value of a code from 1 to the number of values. */
    public String value(int code) {
        return values.get(code - 1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Vocabulary vocabulary && values.equals(vocabulary.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
