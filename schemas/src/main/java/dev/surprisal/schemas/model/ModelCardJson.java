package dev.surprisal.schemas.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.List;

/** Model cards as JSON. */
public final class ModelCardJson {

    // Unknown keys are taken: they come from later minors of the format.
    static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private ModelCardJson() {}

    public static String write(ModelCard card) {
        try {
            return JSON.writeValueAsString(card);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a model card cannot be written as JSON", e);
        }
    }

    /** What of a card decides scores and verdicts, from which its version is derived: all but the version itself, the provenance and the metrics. */
    public static String writeContent(ModelCard card) {
        ObjectNode tree = JSON.valueToTree(card);
        tree.remove(List.of("version", "provenance", "metrics"));
        return tree.toString();
    }

    /**
     * Reads a card.
     *
     * @param source names the file in errors
     * @throws ModelException if it is no card, or one of a newer major format
     */
    public static ModelCard read(String json, String source) {
        try {
            JsonNode tree = JSON.readTree(json);
            checkFormat(tree.path("format").asText(""), source);
            return JSON.treeToValue(tree, ModelCard.class);
        } catch (JsonProcessingException e) {
            throw new ModelException(
                    source + ": its model card cannot be read: "
                            + e.getOriginalMessage().lines().findFirst().orElse(""),
                    e);
        }
    }

    private static void checkFormat(String format, String source) {
        int dot = format.indexOf('.');
        String major = ModelCard.FORMAT.substring(0, ModelCard.FORMAT.indexOf('.'));
        if (dot < 1 || !format.substring(0, dot).equals(major)) {
            throw new ModelException(source + ": its model card has the format '" + format + "'; this version reads "
                    + major + ".x, so train the model again or use a matching version of Surprisal");
        }
    }
}
