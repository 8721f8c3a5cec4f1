package dev.surprisal.trainer.data;

import dev.surprisal.schemas.record.Field;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.RecordSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;

/**
 * A first record spec, drawn from an Avro schema: types, nested fields and what may be null are known, values are not.
 *
 * <p>It is meant for the JSON objects that {@link dev.surprisal.schemas.record.AvroRecordJson} makes of such records.
 */
public final class SchemaDraft {

    private static final int MOST_FIELDS = 10_000;
    private static final Set<String> MOMENTS = Set.of(
            "date",
            "timestamp-millis",
            "timestamp-micros",
            "timestamp-nanos",
            "local-timestamp-millis",
            "local-timestamp-micros",
            "local-timestamp-nanos");

    private final String name;
    private final String source;
    private final String label;
    private final List<Drawn> fields = new ArrayList<>();

    private record Drawn(String name, FieldType type, boolean optional, String reason) {}

    private SchemaDraft(String name, String source, String label) {
        this.name = name;
        this.source = source;
        this.label = label;
    }

    /**
     * Looks at a schema.
     *
     * @param text of the schema, JSON
     * @param source where it is from, for the comment and for errors
     * @param name of the records; null = the schema's own
     * @param label the field that holds the truth and that the model is not to look at; may be null
     * @throws DataException if it is no Avro schema of records, contains itself, or lacks the label
     */
    public static SchemaDraft of(String text, String source, String name, String label) {
        Schema schema;
        try {
            schema = new Schema.Parser().parse(text);
        } catch (AvroRuntimeException e) {
            throw new DataException(source + ": is no Avro schema: " + e.getMessage(), e);
        }
        if (schema.getType() != Schema.Type.RECORD) {
            throw new DataException(
                    source + ": is the schema of a " + schema.getType().getName() + ", not of records");
        }
        SchemaDraft draft = new SchemaDraft(name == null ? schema.getName() : name, source, label);
        draft.record("", schema, false, new TreeSet<>());
        if (label != null && draft.fields.stream().noneMatch(field -> field.name.equals(label))) {
            throw new DataException(source + ": there is no field '" + label + "'; there are "
                    + String.join(", ", draft.fields.stream().map(Drawn::name).toList()));
        }
        // The name's rules are the spec's own.
        RecordSpec ignored =
                new RecordSpec(RecordSpec.FORMAT, draft.name, null, List.of(Field.of("any", FieldType.NUMBER)));
        return draft;
    }

    public int fields() {
        return fields.size();
    }

    private void record(String prefix, Schema schema, boolean optional, Set<String> within) {
        if (!within.add(schema.getFullName())) {
            throw new DataException(source + ": the record " + schema.getFullName() + " contains itself");
        }
        for (Schema.Field field : schema.getFields()) {
            field(prefix + field.name(), field.schema(), field.doc(), optional, within);
        }
        within.remove(schema.getFullName());
    }

    private void field(String field, Schema schema, String doc, boolean optional, Set<String> within) {
        if (schema.getType() == Schema.Type.UNION) {
            List<Schema> others = schema.getTypes().stream()
                    .filter(each -> each.getType() != Schema.Type.NULL)
                    .toList();
            boolean missing = optional || others.size() < schema.getTypes().size();
            if (others.size() == 1) {
                field(field, others.get(0), doc, missing, within);
            } else {
                add(field, FieldType.IGNORED, missing, "one of several types", doc);
            }
        } else if (schema.getType() == Schema.Type.RECORD) {
            record(field + ".", schema, optional, within);
        } else {
            LogicalType logical = schema.getLogicalType();
            String kind = schema.getType().getName() + (logical == null ? "" : " of " + logical.getName());
            add(field, type(schema, logical == null ? "" : logical.getName()), optional, kind, doc);
        }
    }

    private static FieldType type(Schema schema, String logical) {
        if (MOMENTS.contains(logical)) {
            return FieldType.TIMESTAMP;
        }
        if (logical.equals("decimal")) {
            return FieldType.NUMBER;
        }
        if (!logical.isEmpty()) {
            return FieldType.IGNORED;
        }
        return switch (schema.getType()) {
            case INT, LONG, FLOAT, DOUBLE -> FieldType.NUMBER;
            case BOOLEAN -> FieldType.BOOLEAN;
            case ENUM, STRING -> FieldType.CATEGORY;
            default -> FieldType.IGNORED;
        };
    }

    private void add(String field, FieldType type, boolean optional, String kind, String doc) {
        if (fields.size() == MOST_FIELDS) {
            throw new DataException(source + ": more than " + MOST_FIELDS + " fields");
        }
        boolean labels = field.equals(label);
        String caution = type == FieldType.CATEGORY && kind.equals("string")
                ? "; an identifier or free text is to be ignored"
                : "";
        String reason = (labels ? "the label; " : "") + kind + caution + (doc == null ? "" : "; " + oneLine(doc));
        fields.add(new Drawn(field, labels ? FieldType.IGNORED : type, optional, reason));
    }

    private static String oneLine(String doc) {
        String line = doc.strip().replaceAll("\\s+", " ");
        return line.length() <= 100 ? line : line.substring(0, 97) + "...";
    }

    /** The spec as YAML. */
    public String toYaml() {
        SpecYaml yaml = new SpecYaml(source, name);
        yaml.fields(fields.stream().anyMatch(field -> field.type != FieldType.IGNORED));
        fields.forEach(field -> yaml.field(
                field.name, field.type, null, field.optional && field.type != FieldType.IGNORED, field.reason));
        return yaml.toString();
    }
}
