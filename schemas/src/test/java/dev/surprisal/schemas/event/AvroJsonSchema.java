package dev.surprisal.schemas.event;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;

/** JSON Schemas of events as {@link EventJson} writes them, made of their Avro schemas, so that what is said of a field is said once. */
final class AvroJsonSchema {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String BY_NAME = "#/components/schemas/";

    private final Map<String, ObjectNode> byName = new TreeMap<>();

    /** Takes a record's schema in, and those that it names. */
    void add(Schema record) {
        if (byName.containsKey(record.getName())) {
            return;
        }
        ObjectNode schema = JSON.createObjectNode();
        byName.put(record.getName(), schema);
        schema.put("type", "object");
        if (record.getDoc() != null) {
            schema.put("description", record.getDoc());
        }
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = JSON.createArrayNode();
        for (Schema.Field field : record.getFields()) {
            properties.set(field.name(), of(field));
            if (!field.hasDefaultValue()) {
                required.add(field.name());
            }
        }
        schema.set("required", required);
    }

    private ObjectNode of(Schema.Field field) {
        ObjectNode schema = "json".equals(field.getProp("content"))
                ? JSON.createObjectNode()
                        .set("type", JSON.createArrayNode().add("object").add("null"))
                : of(field.schema());
        schema.put("description", field.doc());
        return schema;
    }

    private ObjectNode of(Schema schema) {
        ObjectNode made = JSON.createObjectNode();
        switch (schema.getType()) {
            case RECORD -> {
                add(schema);
                made.put("$ref", BY_NAME + schema.getName());
            }
            case ARRAY -> made.put("type", "array").set("items", of(schema.getElementType()));
            case UNION -> {
                if (schema.getTypes().stream().anyMatch(each -> each.getType() == Schema.Type.RECORD)) {
                    ArrayNode any = made.putArray("anyOf");
                    schema.getTypes().forEach(each -> any.add(of(each)));
                } else {
                    ArrayNode types = made.putArray("type");
                    schema.getTypes().forEach(each -> types.add(type(each)));
                }
            }
            default -> made.put("type", type(schema));
        }
        return made;
    }

    private static String type(Schema schema) {
        return switch (schema.getType()) {
            case NULL -> "null";
            case BOOLEAN -> "boolean";
            case INT, LONG -> "integer";
            case FLOAT, DOUBLE -> "number";
            case STRING -> "string";
            default -> throw new IllegalArgumentException("events have no fields of type " + schema.getType());
        };
    }

    Map<String, ObjectNode> all() {
        return byName;
    }
}
