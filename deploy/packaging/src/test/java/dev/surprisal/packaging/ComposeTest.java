package dev.surprisal.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.scorer.cli.KnownSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import kafka.server.KafkaConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The compose file: what its specification says of it, and that what it mounts and starts is there. */
class ComposeTest {

    private static final Path FOLDER = Project.DEPLOY.resolve("docker");
    private final JsonNode compose =
            Project.yaml(Project.read(FOLDER.resolve("compose.yaml"))).get(0);

    @TempDir
    private Path folder;

    @Test
    void isWhatTheSpecificationKnows() throws Exception {
        assumeTrue(
                Project.hasSchemas(), "skipped: npm ci --prefix deploy/packaging/src/test/schemas fetches the schema");

        // The specification calls the project by it, but later than the schema.
        ((ObjectNode) compose).remove("name");
        assertThat(Project.complaints("compose", compose)).isEmpty();
        ((ObjectNode) compose.at("/services/kafka")).put("imagee", "a");
        assertThat(Project.complaints("compose", compose)).contains("additional properties");
    }

    @Test
    void whatItMountsIsThere() {
        List<String> mounted = new ArrayList<>();
        for (JsonNode service : compose.get("services")) {
            service.path("volumes")
                    .forEach(volume -> mounted.add(volume.asText().split(":", 2)[0]));
        }

        assertThat(mounted).isNotEmpty().allSatisfy(source -> {
            if (source.startsWith(".")) {
                assertThat(FOLDER.resolve(source)).exists();
            } else {
                assertThat(compose.get("volumes").has(source)).as(source).isTrue();
            }
        });
    }

    @Test
    void bothScorersAreOneGroupWithNamesOfTheirOwn() throws Exception {
        Path settings = Files.writeString(folder.resolve("none.yaml"), "surprisal: {}\n");
        List<String> instances = new ArrayList<>();
        for (String scorer : List.of("scorer-1", "scorer-2")) {
            Map<String, String> environment = new HashMap<>();
            compose.at("/services/" + scorer + "/environment")
                    .properties()
                    .forEach(variable -> environment.put(
                            variable.getKey(), variable.getValue().asText()));
            var pipelines = KnownSettings.pipelines(settings, environment);
            assertThat(pipelines).singleElement().satisfies(pipeline -> {
                assertThat(pipeline.topic()).isEqualTo("payments");
                instances.add(pipeline.instance());
            });
        }

        assertThat(instances).containsExactly("scorer-1", "scorer-2");
    }

    @Test
    void kafkaTakesItsConfiguration() {
        Map<String, String> properties = new HashMap<>();
        compose.at("/services/kafka/environment")
                .properties()
                .forEach(variable -> properties.put(
                        variable.getKey()
                                .replaceFirst("^KAFKA_", "")
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '.'),
                        variable.getValue().asText()));

        KafkaConfig config = new KafkaConfig(properties, false);

        assertThat(KafkaConfig.configDef().names()).containsAll(properties.keySet());
        assertThat(config.effectiveAdvertisedBrokerListeners().size()).isEqualTo(2);
    }

    @Test
    void everythingListensOnThisHostOnly() {
        for (JsonNode service : compose.get("services")) {
            assertThat(service.path("ports"))
                    .allSatisfy(port -> assertThat(port.asText()).startsWith("127.0.0.1:"));
        }
    }

    @Test
    void theSampleFitsItsSpec() {
        assertThat(SpecFile.read(FOLDER.resolve("sample/payments.yaml")).fields())
                .extracting(field -> field.name())
                .containsExactly("card", "amount", "usual_amount", "country", "abroad");
    }
}
