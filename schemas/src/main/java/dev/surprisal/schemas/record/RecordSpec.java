package dev.surprisal.schemas.record;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The fields of a kind of record, their types and roles.
 *
 * @param format the version of the spec's own format; {@value #FORMAT}
 * @param name what the records are, such as {@code payments}
 * @param csv how CSV files of such records look
 * @param fields in the order of a CSV file's columns
 */
public record RecordSpec(
        @JsonProperty(required = true) int format,
        @JsonProperty(required = true) String name,
        CsvShape csv,
        @JsonProperty(required = true) List<Field> fields) {

    /** The only format so far. */
    public static final int FORMAT = 1;

    public RecordSpec {
        if (format != FORMAT) {
            throw new SpecException(
                    "format " + format + " of a record spec is unknown; this version reads format " + FORMAT);
        }
        if (name == null || !name.matches("[A-Za-z0-9._-]{1,100}")) {
            throw new SpecException("the spec's name '" + name
                    + "' is not made of 1 to 100 letters, digits, dots, dashes and underscores");
        }
        csv = csv == null ? CsvShape.DEFAULT : csv;
        fields = fields == null ? List.of() : List.copyOf(fields);
        Set<String> names = new HashSet<>();
        for (Field field : fields) {
            if (!names.add(field.name())) {
                throw new SpecException("field '" + field.name() + "' stands twice in the spec");
            }
        }
        if (fields.stream().allMatch(field -> field.type() == FieldType.IGNORED)) {
            throw new SpecException("the spec has no field that a model could learn: all are ignored");
        }
    }

    /**
     * The look of a CSV file.
     *
     * @param header whether its first line names the columns; null = yes
     * @param delimiter what stands between values; null = comma
     */
    public record CsvShape(Boolean header, Character delimiter) {
        public static final CsvShape DEFAULT = new CsvShape(true, ',');

        public CsvShape {
            header = header == null ? Boolean.TRUE : header;
            delimiter = delimiter == null ? Character.valueOf(',') : delimiter;
        }
    }

    /** The number columns of a model's input row: numbers and booleans, in field order. */
    @JsonIgnore
    public List<Column> numberColumns() {
        return fields.stream()
                .filter(field -> field.type() == FieldType.NUMBER || field.type() == FieldType.BOOLEAN)
                .map(field -> new Column(field.name(), field, Column.Part.VALUE))
                .toList();
    }

    /** The category columns of a model's input row: categories, hours and days of timestamps, in field order. */
    @JsonIgnore
    public List<Column> categoryColumns() {
        List<Column> columns = new ArrayList<>();
        for (Field field : fields) {
            if (field.type() == FieldType.CATEGORY) {
                columns.add(new Column(field.name(), field, Column.Part.VALUE));
            } else if (field.type() == FieldType.TIMESTAMP) {
                for (Column.Part part : List.of(Column.Part.HOUR, Column.Part.WEEKDAY)) {
                    columns.add(new Column(field.name() + "." + part.name().toLowerCase(Locale.ROOT), field, part));
                }
            }
        }
        return List.copyOf(columns);
    }

    /** This spec with every field optional: a record may lack whatever it likes. */
    public RecordSpec allOptional() {
        return new RecordSpec(
                format,
                name,
                csv,
                fields.stream()
                        .map(field -> new Field(
                                field.name(), field.type(), true, field.likelihood(), field.format(), field.zone()))
                        .toList());
    }

    /** This spec with one field's type replaced by {@link FieldType#IGNORED}. */
    public RecordSpec ignoring(String fieldName) {
        List<Field> changed = new ArrayList<>();
        for (Field field : fields) {
            changed.add(field.name().equals(fieldName) ? Field.of(fieldName, FieldType.IGNORED) : field);
        }
        return new RecordSpec(format, name, csv, changed);
    }
}
