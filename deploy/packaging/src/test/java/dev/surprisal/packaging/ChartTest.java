package dev.surprisal.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import dev.surprisal.scorer.cli.KnownSettings;
import dev.surprisal.scorer.stream.Pipeline;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart with several sets of values, by Helm itself, each object read strictly as its kind. */
class ChartTest {

    private static final String ONE =
            "settings: {without-authentication: true, pipelines: {payments: {topic: payments, model: 'topic:payments'}}}\n";
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path folder;

    static Stream<String> values() {
        return Stream.of(
                ONE,
                ONE + "podDisruptionBudget: {enabled: false}\nnetworkPolicy: {enabled: false}\nreplicas: 1\n",
                ONE + "image: {digest: 'sha256:" + "0".repeat(64) + "', pullSecrets: [registry]}\n"
                        + "podLabels: {team: fraud}\npodAnnotations: {a: b}\nnodeSelector: {disk: ssd}\npriorityClassName: high\n"
                        + "tolerations: [{key: a, operator: Exists}]\njavaOptions: -XX:+UseSerialGC\n"
                        + "environment: {OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318'}\n"
                        + "networkPolicy: {from: [{namespaceSelector: {matchLabels: {name: monitoring}}}], egress: [{ports: [{port: 4318}]}]}\n",
                ONE + "retraining: {enabled: true, gpus: 1, image: {repository: surprisal/trainer-cuda}, "
                        + "signWith: {secret: model-key, key: private.pem}, tolerations: [{key: gpu, operator: Exists}]}\n",
                Project.read(Chart.EXAMPLE));
    }

    @Test
    void lints() {
        LintResult result = new Helm(Project.CHART).lint().strict().call();

        assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
        assertThat(result.getMessages()).noneMatch(message -> message.contains("[WARNING]"));
    }

    @Test
    void asksForAPipeline() {
        assertThatThrownBy(() -> objects("settings: {without-authentication: true}"))
                .hasMessageContaining("name at least one pipeline");
    }

    @ParameterizedTest
    @MethodSource("values")
    void everyObjectIsWhatItsKindKnows(String values) throws Exception {
        Set<String> names = new HashSet<>();
        for (JsonNode object : objects(values)) {
            assertThat(names.add(Chart.kind(object) + " " + Chart.name(object)))
                    .as(Chart.name(object) + " once")
                    .isTrue();
            if (object.get("kind").asText().equals("ScaledObject")) {
                assumeTrue(Project.hasSchemas(), "npm ci --prefix deploy/packaging/src/test/schemas gets the schemas");
                assertThat(Project.complaints("ScaledObject", object)).isEmpty();
            } else {
                assertThat(Chart.KINDS).containsKey(Chart.kind(object));
                Object typed = Chart.strictly(object);
                // What is read is what was meant: nothing falls by the way, either.
                assertThat(JSON.valueToTree(typed).at("/metadata/name")).isEqualTo(object.at("/metadata/name"));
            }
        }
    }

    @Test
    void whatIsUnknownOrOfAnotherTypeIsNotAccepted() throws Exception {
        JsonNode set = Chart.only(objects(ONE), "StatefulSet");

        ((ObjectNode) set.at("/spec/template/spec")).put("terminationGrace", 3);

        assertThatThrownBy(() -> Chart.strictly(set)).hasMessageContaining("terminationGrace");
    }

    @Test
    void asksWhoMayUseTheApi() {
        assertThatThrownBy(
                        () -> objects("settings: {pipelines: {payments: {topic: payments, model: 'topic:payments'}}}"))
                .hasMessageContaining("who may use the HTTP API?");
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of("replicas: -1", "replicas"),
                Arguments.of("replica: 2", "replica"),
                Arguments.of("heap: 1gb", "heap"),
                Arguments.of("secretEnvironment: {SURPRISAL_X: {secret: a}}", "secretEnvironment"),
                Arguments.of("topics: {enabled: true, partitions: 1}", "more replicas than partitions would idle"),
                Arguments.of(
                        "topics: {enabled: true, partitions: 3}\nautoscaling: {enabled: true, maxReplicas: 4}",
                        "autoscaling.maxReplicas is 4"),
                Arguments.of("retraining: {enabled: true, schedule: daily}", "schedule"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void refusesValuesThatCannotBeRight(String wrong, String why) {
        assertThatThrownBy(() -> objects(ONE + wrong)).hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"alarm-rat: 1/100", "incidents: off", "delivery: twice", "topic-pattern: pay.*"})
    void refusesSettingsOfAPipelineThatCannotBeRight(String wrong) {
        assertThatThrownBy(
                        () -> objects("settings: {pipelines: {payments: {topic: payments, model: m, " + wrong + "}}}"))
                .hasMessageContaining("/settings/pipelines/payments");
    }

    @Test
    void theSchemaKnowsTheSettingsThatTheScorerKnows() throws IOException {
        JsonNode schema =
                JSON.readTree(Project.CHART.resolve("values.schema.json").toFile());

        Set<String> ofAll = fields(schema.at("/properties/settings/properties"));
        Set<String> expected = new TreeSet<>(KnownSettings.ofAll());
        // Of one pipeline without a file, those that the chart sets itself, and a secret.
        expected.removeAll(Set.of("name", "instance", "host", "port", "tokens", "oidc-client-secret"));
        expected.addAll(Set.of("kafka", "pipelines"));
        assertThat(ofAll).isEqualTo(expected);
        Set<String> ofPipeline = new TreeSet<>(KnownSettings.ofPipeline());
        ofPipeline.remove("name");
        assertThat(fields(schema.at("/properties/settings/properties/pipelines/additionalProperties/properties")))
                .isEqualTo(ofPipeline);
    }

    @Test
    void everyValueIsInTheSchemaAndHasADefault() throws IOException {
        JsonNode schema =
                JSON.readTree(Project.CHART.resolve("values.schema.json").toFile());
        JsonNode values =
                Project.yaml(Project.read(Project.CHART.resolve("values.yaml"))).get(0);

        assertThat(fields(schema.get("properties"))).isEqualTo(fields(values));
        for (String part : List.of("image", "autoscaling", "networkPolicy", "topics", "retraining", "monitoring")) {
            assertThat(fields(schema.at("/properties/" + part + "/properties")))
                    .as(part)
                    .isEqualTo(fields(values.get(part)));
        }
    }

    @Test
    void theScorerTakesTheSettings() throws IOException {
        List<JsonNode> objects = Chart.objects(Chart.EXAMPLE);
        Path settings = Files.writeString(
                folder.resolve("surprisal.yaml"),
                objects.stream()
                        .filter(object -> Chart.name(object).equals("surprisal-settings"))
                        .findFirst()
                        .orElseThrow()
                        .at("/data/surprisal.yaml")
                        .asText());

        List<Pipeline> pipelines = KnownSettings.pipelines(settings, Map.of("SURPRISAL_INSTANCE", "surprisal-0"));

        assertThat(pipelines).extracting(Pipeline::name).containsExactly("logins", "payments");
        assertThat(pipelines).allSatisfy(pipeline -> {
            assertThat(pipeline.instance()).isEqualTo("surprisal-0");
            assertThat(pipeline.model().published()).isNotNull();
            assertThat(pipeline.kafka())
                    .containsEntry("security.protocol", "SASL_SSL")
                    .containsEntry("fetch.max.bytes", "104857600");
        });
        assertThat(pipelines.get(0).maxRecordBytes()).isEqualTo(2_097_152);
        JsonNode scaled = Chart.only(objects, "ScaledObject");
        assertThat(scaled.at("/spec/triggers"))
                .extracting(trigger -> trigger.at("/metadata/consumerGroup").asText())
                .containsExactlyElementsOf(pipelines.stream()
                        .map(pipeline -> "surprisal-" + pipeline.name())
                        .toList());
    }

    @Test
    void alertsAndBoardAreThoseOfTheProject() throws IOException {
        List<JsonNode> objects = Chart.objects(Chart.EXAMPLE);

        JsonNode rules = Project.yaml(Project.read(Project.DEPLOY.resolve("prometheus/rules.yml")))
                .get(0);
        assertThat(Chart.only(objects, "PrometheusRule").get("spec")).isEqualTo(rules);
        String board = objects.stream()
                .filter(object -> Chart.name(object).equals("surprisal-board"))
                .findFirst()
                .orElseThrow()
                .at("/data/surprisal.json")
                .asText();
        assertThat(JSON.readTree(board))
                .isEqualTo(JSON.readTree(
                        Project.DEPLOY.resolve("grafana/surprisal.json").toFile()));
        assertThat(Chart.only(objects, "ServiceMonitor").at("/spec/jobLabel").asText())
                .isEqualTo("app.kubernetes.io/name");
    }

    /** `-Dchart.render=yes` writes it anew. */
    @Test
    void thePlainRenderIsWhatTheChartGives() throws IOException {
        Path file = Project.DEPLOY.resolve("kubernetes/rendered.yaml");
        String rendered = "# helm template surprisal deploy/kubernetes/surprisal -f deploy/kubernetes/example.yaml\n"
                + Chart.render(Chart.EXAMPLE).replaceAll("(?m)[ \t]+$", "");
        if (Boolean.getBoolean("chart.render")) {
            Files.writeString(file, rendered);
        }

        assertThat(Project.read(file)).isEqualTo(rendered);
    }

    @Test
    void aRetrainingOnAGpuAsksForOneAndHasRoomForItsLibraries() throws IOException {
        JsonNode pod = Chart.only(
                        objects(ONE + "retraining: {enabled: true, gpus: 2, resources: {limits: {memory: 9Gi}}}"),
                        "CronJob")
                .at("/spec/jobTemplate/spec/template/spec");

        assertThat(pod.at("/containers/0/resources/limits/nvidia.com~1gpu").asInt())
                .isEqualTo(2);
        assertThat(pod.at("/containers/0/resources/limits/memory").asText()).isEqualTo("9Gi");
        assertThat(pod.at("/containers/0/args"))
                .extracting(JsonNode::asText)
                .contains("--device=cuda", "--pipeline=payments");
        assertThat(pod.findValues("sizeLimit")).extracting(JsonNode::asText).contains("8Gi");
    }

    @Test
    void theCommandsKnowTheirOptions() throws IOException {
        List<JsonNode> objects = Chart.objects(Chart.EXAMPLE);
        List<String> serve = arguments(Chart.only(objects, "StatefulSet").at("/spec/template/spec"));
        List<JsonNode> jobs = objects.stream()
                .filter(object -> object.get("kind").asText().equals("CronJob"))
                .toList();

        // Help is what is done last: an option that is not known comes before it.
        assertThat(dev.surprisal.scorer.cli.Main.run(serve.toArray(String[]::new)))
                .isZero();
        assertThat(jobs).hasSize(2).allSatisfy(job -> {
            List<String> retrain = arguments(job.at("/spec/jobTemplate/spec/template/spec"));
            assertThat(dev.surprisal.retraining.Main.run(retrain.toArray(String[]::new)))
                    .isZero();
        });
    }

    private static List<String> arguments(JsonNode pod) {
        List<String> arguments = new ArrayList<>();
        pod.at("/containers/0/args").forEach(argument -> arguments.add(argument.asText()));
        assertThat(arguments).isNotEmpty();
        arguments.add("--help");
        return arguments;
    }

    @Test
    void aTopicIsCalledAsTheScorerCallsIt() throws Exception {
        List<String> names = new ArrayList<>();
        for (JsonNode object : Chart.objects(Chart.EXAMPLE)) {
            if (object.get("kind").asText().equals("KafkaTopic")) {
                names.add(((KafkaTopic) Chart.strictly(object)).getSpec().getTopicName());
            }
        }

        assertThat(names)
                .contains("payments.scores", "logins.anomalies", "surprisal.models", "surprisal.mute-rules")
                .doesNotContain("payments", "logins");
    }

    private List<JsonNode> objects(String values) throws IOException {
        return Chart.objects(Files.writeString(folder.resolve("values.yaml"), values));
    }

    private static Set<String> fields(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
