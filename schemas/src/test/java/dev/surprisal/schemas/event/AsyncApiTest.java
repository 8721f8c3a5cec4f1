package dev.surprisal.schemas.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The AsyncAPI document says what the code writes; what a running scorer writes is held against it too, where there is one. */
class AsyncApiTest {

    private static final Path DOCUMENT = Path.of("src/main/resources/asyncapi.yaml");
    private static final String MADE = "    # What follows is made of the Avro schemas";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .disable(YAMLGenerator.Feature.SPLIT_LINES));
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);

    @Test
    void itIsAsyncApi() throws Exception {
        JsonNode schema;
        try (InputStream packed = AsyncApiTest.class.getResourceAsStream("/asyncapi-3.0.0.json.gz")) {
            schema = JSON.readTree(new GZIPInputStream(packed));
        }

        assertThat(SCHEMAS.getSchema(schema).validate(document())).isEmpty();
    }

    @Test
    void everyReferenceLeadsSomewhere() throws Exception {
        JsonNode document = document();

        for (JsonNode reference : document.findValues("$ref")) {
            assertThat(document.at(reference.asText().substring(1)).isMissingNode())
                    .as(reference.asText())
                    .isFalse();
        }
    }

    @Test
    void itsSchemasAreThoseOfAvro() throws Exception {
        AvroJsonSchema made = new AvroJsonSchema();
        AvroSources.all().forEach((file, schema) -> {
            if (!file.equals("dead-letter")) {
                made.add(schema);
            }
        });
        if (Boolean.getBoolean("asyncapi.write")) {
            write(made.all());
        }

        JsonNode schemas = document().at("/components/schemas");
        for (Map.Entry<String, ObjectNode> each : made.all().entrySet()) {
            assertThat(schemas.get(each.getKey()))
                    .as(
                            "%s; write it anew with ./mvnw test -pl schemas -Dtest=AsyncApiTest -Dasyncapi.write=true",
                            each.getKey())
                    .isEqualTo(each.getValue());
        }
    }

    private static void write(Map<String, ObjectNode> schemas) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            lines.add(line);
            if (line.startsWith(MADE)) {
                break;
            }
        }
        YAML.writeValueAsString(schemas).lines().map(line -> "    " + line).forEach(lines::add);
        Files.writeString(DOCUMENT, String.join("\n", lines) + "\n");
    }

    @Test
    void itsTopicsAreThoseOfAPipeline() throws Exception {
        Topics topics = new Topics("{records}");
        Set<String> expected = new TreeSet<>(Set.of("surprisal.models", "surprisal.mute-rules", "surprisal.instances"));
        for (Method method : Topics.class.getDeclaredMethods()) {
            if (method.getParameterCount() == 0
                    && method.getReturnType() == String.class
                    && !method.getName().equals("toString")) {
                expected.add((String) method.invoke(topics));
            }
        }
        Set<String> described = new TreeSet<>();
        document()
                .get("channels")
                .forEach(channel -> described.add(channel.get("address").asText()));

        assertThat(described).isEqualTo(expected);
    }

    @Test
    void itsExamplesFitTheirSchemas() throws Exception {
        JsonNode document = document();
        int examples = 0;
        for (JsonNode message : document.at("/components/messages")) {
            for (JsonNode example : message.path("examples")) {
                examples++;
                if (example.has("payload")) {
                    assertThat(SCHEMAS.getSchema(schema(
                                            document,
                                            message.at("/payload/$ref").asText()))
                                    .validate(example.get("payload")))
                            .as(message.get("title").asText())
                            .isEmpty();
                }
                if (example.has("headers")) {
                    String headers = message.at("/headers/$ref").asText("#/components/schemas/CloudEventHeaders");
                    assertThat(SCHEMAS.getSchema(schema(document, headers)).validate(example.get("headers")))
                            .as(message.get("title").asText())
                            .isEmpty();
                }
            }
        }
        assertThat(examples).isGreaterThanOrEqualTo(12);
    }

    @Test
    void deadLettersHaveTheHeadersOfTheCode() throws Exception {
        Set<String> expected = new TreeSet<>();
        for (var field : DeadLetterHeaders.class.getFields()) {
            expected.add((String) field.get(null));
        }
        Set<String> described = new TreeSet<>();
        document()
                .at("/components/schemas/DeadLetterHeaders/properties")
                .fieldNames()
                .forEachRemaining(described::add);
        Set<String> ofAvro = new TreeSet<>();
        AvroSources.all()
                .get("dead-letter")
                .getFields()
                .forEach(field ->
                        ofAvro.add("surprisal.dead-letter." + field.name().replace('_', '-')));

        assertThat(described).isEqualTo(expected);
        assertThat(ofAvro).isEqualTo(expected);
    }

    /** A schema with all others beside it, so that its references lead somewhere. */
    private static ObjectNode schema(JsonNode document, String reference) {
        ObjectNode schema = JSON.createObjectNode();
        schema.set("components", document.get("components"));
        schema.set("allOf", JSON.createArrayNode().add(JSON.createObjectNode().put("$ref", reference)));
        return schema;
    }

    private static JsonNode document() throws IOException {
        return YAML.readTree(DOCUMENT.toFile());
    }
}
