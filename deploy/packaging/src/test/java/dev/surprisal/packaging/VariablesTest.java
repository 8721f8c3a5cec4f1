package dev.surprisal.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.surprisal.launcher.LogFormat;
import dev.surprisal.scorer.cli.KnownSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every environment variable that a file below deploy names is one that something reads. */
class VariablesTest {

    private static final Pattern OURS = Pattern.compile("\\bSURPRISAL_[A-Z0-9_]+");

    @Test
    void whatIsOursIsASetting() {
        Map<String, Set<Path>> unknown = new TreeMap<>();
        Set<String> known = new TreeSet<>();
        for (Path file : Project.deployed()) {
            Matcher names = OURS.matcher(Project.read(file));
            while (names.find()) {
                String name = names.group();
                if (name.equals(LogFormat.VARIABLE) || KnownSettings.isVariable(name)) {
                    known.add(name);
                } else {
                    unknown.computeIfAbsent(name, key -> new TreeSet<>()).add(file);
                }
            }
        }

        assertThat(unknown).isEmpty();
        assertThat(known).contains("SURPRISAL_INSTANCE", "SURPRISAL_KAFKA_BOOTSTRAP_SERVERS");
    }

    @Test
    void otherVariablesOfOurContainersAreTheLaunchersOrOpenTelemetrys() {
        Set<String> names = new TreeSet<>();
        JsonNode compose = Project.yaml(Project.read(Project.DEPLOY.resolve("docker/compose.yaml")))
                .get(0);
        for (String service : Set.of("scorer-1", "scorer-2", "train")) {
            compose.at("/services/" + service + "/environment").fieldNames().forEachRemaining(names::add);
        }
        for (JsonNode object : Chart.objects(Chart.EXAMPLE)) {
            object.findValues("env")
                    .forEach(list -> list.forEach(
                            variable -> names.add(variable.get("name").asText())));
        }
        String launcher = Project.read(Project.ROOT.resolve("surprisal"));

        assertThat(names)
                .contains("JAVA_OPTS")
                .allSatisfy(name -> assertThat(name)
                        .satisfiesAnyOf(
                                ours -> assertThat(ours).startsWith("SURPRISAL_"),
                                telemetry -> assertThat(telemetry).startsWith("OTEL_"),
                                used -> assertThat(launcher).contains("${" + used)));
    }
}
