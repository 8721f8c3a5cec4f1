package dev.surprisal.schemas.record;

import dev.surprisal.schemas.record.RecordException.Step;
import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns the fields of a record into a model's input row; the one way from records to rows, in training and in scoring.
 *
 * <p>Usage: {@link #begin}, then one of {@link #text}, {@link #number}, {@link #bool} and {@link #missing} per field that the record has,
 * then {@link #end}. Not safe for concurrent use.
 */
public final class RecordEncoder {

    /** What stands for a missing value in text files. */
    private static final Set<String> MISSING = Set.of("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?");

    private static final Map<String, Float> BOOLEANS = booleans();
    private static final String[] HOURS = hours();
    private static final String[] WEEKDAYS = {
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
    };

    private final List<Field> fields;
    private final FieldType[] types;
    private final boolean[] counts;
    private final Map<String, Integer> indices = new HashMap<>();
    private final TimestampFormat[] timestamps;
    /** First column of each field, among the numbers or among the categories, whichever its type says. */
    private final int[] columns;

    private final CategoryCodes[] codes;
    private final int numberColumns;
    private final boolean[] seen;
    private EncodedRow row;

    /**
     * @param spec the fields
     * @param codes one numbering per category column, in the order of {@link RecordSpec#categoryColumns}
     */
    public RecordEncoder(RecordSpec spec, List<? extends CategoryCodes> codes) {
        fields = spec.fields();
        columns = new int[fields.size()];
        timestamps = new TimestampFormat[fields.size()];
        seen = new boolean[fields.size()];
        types = fields.stream().map(Field::type).toArray(FieldType[]::new);
        counts = new boolean[fields.size()];
        int numbers = 0;
        int categories = 0;
        for (int i = 0; i < columns.length; i++) {
            indices.put(fields.get(i).name(), i);
            counts[i] = fields.get(i).likelihood() == Likelihood.NEGATIVE_BINOMIAL;
            switch (types[i]) {
                case NUMBER, BOOLEAN -> columns[i] = numbers++;
                case CATEGORY -> columns[i] = categories++;
                case TIMESTAMP -> {
                    timestamps[i] = fields.get(i).timestampFormat();
                    columns[i] = categories;
                    categories += 2;
                }
                case IGNORED -> columns[i] = -1;
            }
        }
        if (codes.size() != categories) {
            throw new IllegalArgumentException(codes.size() + " numberings for " + categories + " category columns");
        }
        numberColumns = numbers;
        this.codes = codes.toArray(CategoryCodes[]::new);
    }

    /** A row of the right shape. */
    public EncodedRow newRow() {
        return new EncodedRow(new float[numberColumns], new int[codes.length]);
    }

    /** The index of a field in the spec, or -1. */
    public int fieldIndex(String name) {
        return indices.getOrDefault(name, -1);
    }

    boolean isNumber(int field) {
        return types[field] == FieldType.NUMBER;
    }

    boolean ignores(int field) {
        return columns[field] < 0;
    }

    /** Starts a record: every column of the row is missing. */
    public void begin(EncodedRow target) {
        row = target;
        Arrays.fill(seen, false);
        Arrays.fill(row.numbers(), Float.NaN);
        Arrays.fill(row.categories(), CategoryCodes.MISSING);
    }

    /** Whether a value's text in a file stands for a missing one. */
    public static boolean isMissing(String text) {
        return MISSING.contains(text);
    }

    /** What a word says as a boolean; empty if it says neither true nor false. */
    public static Optional<Boolean> truthOf(String text) {
        return Optional.ofNullable(BOOLEANS.get(text.toLowerCase(Locale.ROOT))).map(value -> value == 1);
    }

    /** A field's value as it stands in a text file, where some words mean a missing value. */
    public void fileText(int field, String text) {
        if (isMissing(text)) {
            missing(field);
        } else if (types[field] == FieldType.NUMBER) {
            number(field, parseNumber(field, text));
        } else {
            text(field, text);
        }
    }

    /** A field's value that is text. */
    public void text(int field, String text) {
        see(field);
        switch (types[field]) {
            case NUMBER -> throw refused(field, "holds text, '" + glimpse(text) + "', where a number belongs");
            case BOOLEAN -> {
                Float value = BOOLEANS.get(text.toLowerCase(Locale.ROOT));
                if (value == null) {
                    throw refused(field, "holds '" + glimpse(text) + "', which is neither true nor false");
                }
                row.numbers()[columns[field]] = value;
            }
            case CATEGORY -> row.categories()[columns[field]] = codes[columns[field]].code(text);
            case TIMESTAMP -> timestamp(field, text);
            case IGNORED -> {}
        }
    }

    /** A field's value that is a number, given as its text too, which names it where the field is a category. */
    public void number(int field, double value, String text) {
        switch (types[field]) {
            case NUMBER -> number(field, value);
            case BOOLEAN -> {
                see(field);
                if (value != 0 && value != 1) {
                    throw refused(field, "holds " + glimpse(text) + ", which is neither true nor false");
                }
                row.numbers()[columns[field]] = (float) value;
            }
            case CATEGORY, TIMESTAMP -> text(field, text);
            case IGNORED -> see(field);
        }
    }

    /** A field's value that is true or false. */
    public void bool(int field, boolean value) {
        switch (types[field]) {
            case BOOLEAN -> {
                see(field);
                row.numbers()[columns[field]] = value ? 1 : 0;
            }
            case NUMBER, TIMESTAMP -> throw refused(field, "holds " + value + ", which is no " + typeName(field));
            case CATEGORY, IGNORED -> text(field, Boolean.toString(value));
        }
    }

    /** A field that is there without a value. */
    public void missing(int field) {
        see(field);
        if (!fields.get(field).optional() && !ignores(field)) {
            throw refused(field, "has no value, and the spec does not call it optional");
        }
    }

    /** A field that holds an array or an object. */
    void structure(int field, String kind) {
        see(field);
        if (!ignores(field)) {
            throw refused(field, "holds an " + kind + ", which is no " + typeName(field));
        }
    }

    /** Ends a record: refuses one that lacks a required field. */
    public void end() {
        for (int i = 0; i < seen.length; i++) {
            if (!seen[i] && !ignores(i) && !fields.get(i).optional()) {
                throw new RecordException(
                        Step.ENCODE,
                        "field '" + fields.get(i).name() + "' is absent, and the spec does not call it optional");
            }
        }
    }

    private void number(int field, double value) {
        see(field);
        float single = (float) value;
        if (Float.isNaN(single) || Float.isInfinite(single)) {
            throw refused(field, "holds " + value + ", beyond the range of numbers that a model takes, +-3.4e38");
        }
        if (counts[field] && !(value >= 0 && value == Math.rint(value))) {
            throw refused(field, "holds " + value + ", which is no count: a whole number from 0 on");
        }
        row.numbers()[columns[field]] = single;
    }

    private double parseNumber(int field, String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new RecordException(
                    Step.ENCODE,
                    "field '" + fields.get(field).name() + "' holds text, '" + glimpse(text)
                            + "', where a number belongs",
                    e);
        }
    }

    private void timestamp(int field, String text) {
        ZonedDateTime time;
        try {
            time = timestamps[field].parse(text);
        } catch (DateTimeException | NumberFormatException e) {
            String format = fields.get(field).format();
            throw new RecordException(
                    Step.ENCODE,
                    "field '" + fields.get(field).name() + "' holds '" + glimpse(text)
                            + "', which is no timestamp of the format " + (format == null ? "iso" : format),
                    e);
        }
        int column = columns[field];
        row.categories()[column] = codes[column].code(HOURS[time.getHour()]);
        row.categories()[column + 1] =
                codes[column + 1].code(WEEKDAYS[time.getDayOfWeek().getValue() - 1]);
    }

    private void see(int field) {
        if (seen[field] && !ignores(field)) {
            throw refused(field, "stands twice in the record");
        }
        seen[field] = true;
    }

    private RecordException refused(int field, String reason) {
        return new RecordException(Step.ENCODE, "field '" + fields.get(field).name() + "' " + reason);
    }

    private String typeName(int field) {
        return fields.get(field).type().name().toLowerCase(Locale.ROOT);
    }

    /** As much of a value as an error message may show. */
    private static String glimpse(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }

    private static Map<String, Float> booleans() {
        Map<String, Float> words = new HashMap<>();
        List.of("true", "t", "yes", "y", "1").forEach(word -> words.put(word, 1f));
        List.of("false", "f", "no", "n", "0").forEach(word -> words.put(word, 0f));
        return words;
    }

    private static String[] hours() {
        String[] hours = new String[24];
        Arrays.setAll(hours, hour -> String.format(Locale.ROOT, "%02d", hour));
        return hours;
    }
}
