package dev.surprisal.scorer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.scorer.access.Access;
import dev.surprisal.scorer.access.ApiTokens;
import dev.surprisal.scorer.access.IdentityProvider;
import dev.surprisal.scorer.format.EventFormat;
import dev.surprisal.scorer.incident.IncidentGap;
import dev.surprisal.scorer.model.ModelSource;
import dev.surprisal.scorer.silence.SilenceRate;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.DriftOptions;
import dev.surprisal.scorer.stream.Emission;
import dev.surprisal.scorer.stream.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    private static final Map<String, String> LEAST =
            Map.of("topic", "payments", "model", "m.onnx", "kafka.bootstrap.servers", "k:9092");

    private static final String TWO = """
            surprisal:
              kafka:
                bootstrap.servers: [a:9092, b:9092]
                security:
                  protocol: SASL_SSL
              pipelines:
                payments: {topic: card-payments, model: p.onnx, alarm-rate: 1/10000, delivery: at-least-once}
                my.logins: {topic: logins, model: l.onnx, threads: 4, max-record-bytes: 10}
            """;

    private static final String ONE = """
            surprisal:
              port: 9000
              kafka.bootstrap.servers: k:9092
              pipelines:
                payments: {topic: card-payments, model: p.onnx, alarm-rate: 1/100}
            """;

    @TempDir
    private Path folder;

    @Test
    void kafkasPropertiesComeFromAFileAndWhatIsSetOneByOneComesBefore() throws IOException {
        Path file = Files.writeString(folder.resolve("kafka.properties"), """
                # as Kafka's own tools take it
                bootstrap.servers=other:9092
                security.protocol=SASL_SSL
                sasl.jaas.config=module required password="${env:KAFKA_PASSWORD}";
                """);
        Map<String, String> kafka = new Settings(LEAST, Map.of("SURPRISAL_KAFKA_FILE", file.toString()), null)
                .pipelines()
                .get(0)
                .kafka();
        assertThat(kafka)
                .containsEntry("bootstrap.servers", "k:9092")
                .containsEntry("security.protocol", "SASL_SSL")
                // For Kafka's clients to look up.
                .containsEntry("sasl.jaas.config", "module required password=\"${env:KAFKA_PASSWORD}\";")
                .containsEntry("config.providers", "env,file,directory");
        assertThat(new Settings(LEAST, Map.of(), null).pipelines().get(0).kafka())
                .doesNotContainKey("config.providers");
        Map<String, String> missing = new HashMap<>(LEAST);
        missing.put("kafka-file", folder.resolve("no.properties").toString());
        Settings settings = new Settings(missing, Map.of(), null);
        assertThatThrownBy(settings::pipelines)
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("there is no such file of Kafka's properties");
    }

    @Test
    void addressesOfTokensAreAllowedToKafkasClients() {
        String property = "org.apache.kafka.sasl.oauthbearer.allowed.urls";
        String before = System.getProperty(property);
        try {
            System.setProperty(property, "https://a.example/keys");
            Map<String, String> kafka = new HashMap<>(LEAST);
            kafka.put("kafka.sasl.oauthbearer.token.endpoint.url", "https://b.example/token");
            new Settings(kafka, Map.of(), null).pipelines();
            assertThat(System.getProperty(property)).isEqualTo("https://a.example/keys,https://b.example/token");
        } finally {
            if (before == null) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, before);
            }
        }
    }

    @Test
    void whoMayUseTheHttpApi() throws IOException {
        assertThat(new Settings(LEAST, Map.of(), null).access()).isEqualTo(Access.open("127.0.0.1", 8080));
        Settings all = new Settings(LEAST, Map.of("SURPRISAL_HOST", "0.0.0.0"), null);
        assertThatThrownBy(all::access).isInstanceOf(SurprisalException.class).hasMessageContaining("--tokens");
        Map<String, String> environment = new HashMap<>(Map.of(
                "SURPRISAL_HOST", "0.0.0.0",
                "SURPRISAL_WITHOUT_AUTHENTICATION", "true",
                "SURPRISAL_REQUESTS_PER_SECOND", "7"));
        assertThat(new Settings(LEAST, environment, null).access())
                .isEqualTo(new Access("0.0.0.0", 8080, ApiTokens.NONE, null, true, 7));
        Path file = Files.writeString(folder.resolve("oidc.yaml"), """
                surprisal:
                  oidc-issuer: https://login.example
                  oidc-client-id: surprisal
                  oidc-claim: scope
                """);
        Access provided = new Settings(LEAST, Map.of("SURPRISAL_OIDC_CLIENT_SECRET", "very secret"), file).access();
        assertThat(provided.provider())
                .isEqualTo(new IdentityProvider("https://login.example", "surprisal", "very secret", "scope"))
                .asString()
                .doesNotContain("very secret");
    }

    @Test
    void whatIsNotSetHasADefault() {
        Settings settings = new Settings(LEAST, Map.of(), null);
        assertThat(settings.host()).isEqualTo("127.0.0.1");
        assertThat(settings.port()).isEqualTo(8080);
        assertThat(settings.pipelines())
                .containsExactly(new Pipeline(
                        "payments",
                        "payments",
                        Path.of("m.onnx"),
                        null,
                        Delivery.EXACTLY_ONCE,
                        1,
                        1 << 20,
                        Map.of("bootstrap.servers", "k:9092")));
    }

    @Test
    void fileNamesSeveralPipelines() throws IOException {
        Map<String, String> kafka = Map.of("bootstrap.servers", "a:9092,b:9092", "security.protocol", "SASL_SSL");
        assertThat(new Settings(Map.of(), Map.of(), file(TWO)).pipelines())
                .containsExactly(
                        new Pipeline(
                                "my.logins", "logins", Path.of("l.onnx"), null, Delivery.EXACTLY_ONCE, 4, 10, kafka),
                        new Pipeline(
                                "payments",
                                "card-payments",
                                Path.of("p.onnx"),
                                new AlarmRate(1e-4),
                                Delivery.AT_LEAST_ONCE,
                                1,
                                1 << 20,
                                kafka));
    }

    @Test
    void commandLineGoesBeforeEnvironmentAndEnvironmentBeforeFile() throws IOException {
        Path file = file(ONE);
        Map<String, String> environment = Map.of("SURPRISAL_PORT", "9001", "SURPRISAL_ALARM_RATE", "1/200");
        Map<String, String> commandLine = new HashMap<>(Map.of("alarm-rate", "1/300"));
        commandLine.put("model", null);

        assertThat(new Settings(Map.of(), Map.of(), file).port()).isEqualTo(9000);
        assertThat(new Settings(Map.of(), environment, file).port()).isEqualTo(9001);
        assertThat(new Settings(Map.of("port", "0"), environment, file).port()).isZero();
        assertThat(only(new Settings(Map.of(), environment, file)).alarmRate()).isEqualTo(new AlarmRate(1.0 / 200));
        Pipeline pipeline = only(new Settings(commandLine, environment, file));
        assertThat(pipeline.alarmRate()).isEqualTo(new AlarmRate(1.0 / 300));
        assertThat(pipeline.name()).isEqualTo("payments");
        assertThat(pipeline.model()).isEqualTo(ModelSource.file(Path.of("p.onnx")));
    }

    @Test
    void whichScoresArePublishedIsSaidInOneWord() {
        assertThat(only(new Settings(LEAST, Map.of(), null)).emission()).isEqualTo(new Emission(1, false));
        Map<String, String> environment = Map.of("SURPRISAL_SCORES", "1/100", "SURPRISAL_FULL_SCORES", "true");
        assertThat(only(new Settings(LEAST, environment, null)).emission()).isEqualTo(new Emission(100, true));
        Map<String, String> none = new HashMap<>(LEAST);
        none.put("scores", "none");
        assertThat(only(new Settings(none, Map.of(), null)).emission()).isEqualTo(new Emission(0, false));
        none.put("scores", "some");
        assertThatThrownBy(() -> new Settings(none, Map.of(), null).pipelines())
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("use all, none or a share such as 1/100");
    }

    @Test
    void howOftenDriftIsLookedForIsANumberOfRecordsOrOff() {
        assertThat(only(new Settings(LEAST, Map.of(), null)).drift()).isEqualTo(new DriftOptions(10_000));
        assertThat(new DriftOptions(10_000).every()).isEqualTo(10);
        assertThat(new DriftOptions(200).every()).isOne();
        assertThat(DriftOptions.OFF.every()).isZero();
        Map<String, String> environment = Map.of("SURPRISAL_DRIFT_WINDOW", "500");
        assertThat(only(new Settings(LEAST, environment, null)).drift()).isEqualTo(new DriftOptions(500));
        Map<String, String> set = new HashMap<>(LEAST);
        set.put("drift-window", "off");
        assertThat(only(new Settings(set, Map.of(), null)).drift().isOn()).isFalse();
        set.put("drift-window", "3");
        assertThatThrownBy(() -> new Settings(set, Map.of(), null).pipelines())
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("drift-window must be at least 200 records, or off");
        set.put("drift-window", "often");
        assertThatThrownBy(() -> new Settings(set, Map.of(), null).pipelines())
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("'often' is no value of drift-window");
    }

    @Test
    void silentKeysAreLookedForUnlessThatIsSwitchedOff() {
        assertThat(only(new Settings(LEAST, Map.of(), null)).silences()).isEqualTo(SilenceRate.USUAL);
        assertThat(only(new Settings(LEAST, Map.of("SURPRISAL_SILENCES", "2 a month"), null))
                        .silences())
                .isEqualTo(SilenceRate.parse("2 a month"));
        assertThat(only(new Settings(LEAST, Map.of("SURPRISAL_SILENCES", "off"), null))
                        .silences()
                        .isOff())
                .isTrue();
    }

    @Test
    void incidentsAreOnUnlessTheyAreSwitchedOff() {
        assertThat(only(new Settings(LEAST, Map.of(), null)).incidents()).isEqualTo(IncidentGap.USUAL);
        assertThat(only(new Settings(LEAST, Map.of("SURPRISAL_INCIDENTS", "2h"), null))
                        .incidents()
                        .duration())
                .isEqualTo(Duration.ofHours(2));
        Map<String, String> values = new HashMap<>(LEAST);
        values.put("incidents", "off");
        assertThat(only(new Settings(values, Map.of(), null)).incidents().isOff())
                .isTrue();
        values.put("incidents", "soon");
        assertThatThrownBy(() -> new Settings(values, Map.of(), null).pipelines())
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("'soon' does not tell after how long an incident is over");
    }

    @Test
    void environmentAloneIsEnough() {
        Pipeline pipeline = only(new Settings(
                Map.of(),
                Map.of(
                        "SURPRISAL_TOPIC", "payments",
                        "SURPRISAL_MODEL", "m.onnx",
                        "SURPRISAL_MAX_RECORD_BYTES", "5",
                        "SURPRISAL_KAFKA_BOOTSTRAP_SERVERS", "k:9092",
                        "SURPRISAL_KAFKA_SASL_JAAS_CONFIG", "secret",
                        "HOME", "/"),
                null));
        assertThat(pipeline.maxRecordBytes()).isEqualTo(5);
        assertThat(pipeline.kafka()).containsEntry("sasl.jaas.config", "secret");
        assertThat(pipeline.toString()).doesNotContain("secret");
    }

    @Test
    void environmentReachesAPipelineOfTheFile() throws IOException {
        Map<String, String> environment = Map.of("SURPRISAL_PIPELINES_MY_LOGINS_ALARM_RATE", "1/7");
        assertThat(new Settings(Map.of(), environment, file(TWO))
                        .pipelines()
                        .get(0)
                        .alarmRate())
                .isEqualTo(new AlarmRate(1.0 / 7));
    }

    @Test
    void variablesOfAKubernetesServiceAreNoSettings() {
        Map<String, String> environment = Map.of(
                "SURPRISAL_PORT", "tcp://10.0.0.1:80",
                "SURPRISAL_PORT_80_TCP_ADDR", "10.0.0.1",
                "SURPRISAL_SERVICE_HOST", "10.0.0.1");
        assertThat(new Settings(LEAST, environment, null).port()).isEqualTo(8080);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "surprisal: {prot: 1}                                 | unknown key 'surprisal.prot'",
                "surprisal: {pipelines: {p: {tpoic: x}}}              | unknown key 'surprisal.pipelines.p.tpoic'",
                "surprisal: {pipelines: {topic: x}}                   | unknown key 'surprisal.pipelines.topic'",
                "surprisal: {topic: }                                 | 'surprisal.topic' has no value",
                "surprisal: {topic: a, topic: b}                      | line 1: not YAML",
                "surprisal: [                                         | not YAML",
                "other: 1                                             | must be 'surprisal'",
                "surprisal: {port: x, topic: t}                       | 'x' is no value of port",
                "surprisal: {port: 70000, topic: t}                   | port 70000 does not exist",
                "surprisal: {pipelines: {p: {model: x}}}              | pipeline 'p': there is no topic",
                "surprisal: {topic: a b, model: m}                    | not made of letters",
                "surprisal: {topic: a}                                | pipeline 'a': there is no model",
                "surprisal: {topic: a, model: m}                      | there is no Kafka to connect to",
                "surprisal: {topic: a, model: m, threads: 0}          | threads must lie between 1 and 1000",
                "surprisal: {topic: a, model: m, delivery: never}     | 'never' is no delivery",
                "surprisal: {topic: a, model: m, alarm-rate: 2}       | between 0 and 1",
                "surprisal: {topic: a, model: m, max-record-bytes: 0} | max-record-bytes must be positive",
                "surprisal: {topic: a, model: m, kafka: {application.id: x}} | 'application.id' cannot be set",
                "surprisal: {topic: a, pipelines: {p: {topic: b}}}    | either one topic or pipelines",
                "surprisal: {topic: a, model: m, kafka: {group.instance.id: x}} | it follows from the instance's name",
                "surprisal: {topic: a, model: 'topic:a b'}            | 'a b' is no name of a model",
                "surprisal: {topic: a, model: 'topic:a', shadow: b}   | publish it with --shadow",
                "surprisal: {topic-pattern: a, model: m}              | set --name",
                "surprisal: {topic-pattern: '[', name: a, model: m}   | the pattern '[' is no regular expression",
                "surprisal: {topic: a, topic-pattern: b, model: m}    | there are a topic and a pattern",
                "surprisal: {topic: a, model: m, instance: 'b c', kafka: {bootstrap.servers: k}} | the instance name 'b c'",
                "surprisal: {port: 1}                                 | there is no topic to score",
            })
    void whatCannotBeIsNamed(String yaml, String problem) throws IOException {
        Path file = file(yaml);
        assertThatThrownBy(() -> {
                    Settings settings = new Settings(Map.of(), Map.of(), file);
                    settings.port();
                    settings.pipelines();
                })
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining(problem)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void twoPipelinesDoNotScoreOneTopic() throws IOException {
        String yaml = """
                surprisal:
                  kafka: {bootstrap.servers: k}
                  pipelines: {a: {topic: t, model: m}, b: {topic: t, model: n}}
                """;
        assertThatThrownBy(() -> new Settings(Map.of(), Map.of(), file(yaml)).pipelines())
                .hasMessageContaining("'a' and 'b' both score the topic 't'");
    }

    @Test
    void keyOfOnePipelineDoesNotGoToSeveral() throws IOException {
        Path file = file(TWO);
        assertThatThrownBy(() -> new Settings(Map.of("model", "x"), Map.of(), file))
                .hasMessageContaining("the command line sets model", "my.logins, payments");
    }

    @Test
    void modelsComeFromTheirTopicToo() {
        Map<String, String> line = new HashMap<>(LEAST);
        line.put("model", "topic:payments");
        line.put("model-key", "key.pem");
        assertThat(only(new Settings(line, Map.of(), null)).model())
                .isEqualTo(new ModelSource(null, null, "payments", Path.of("key.pem")));
    }

    @Test
    void missingFileIsNamed() {
        assertThatThrownBy(() -> new Settings(Map.of(), Map.of(), folder.resolve("none.yaml")))
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("none.yaml: there is no such file");
    }

    private static Pipeline only(Settings settings) {
        List<Pipeline> pipelines = settings.pipelines();
        assertThat(pipelines).hasSize(1);
        return pipelines.get(0);
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("surprisal.yaml"), yaml);
    }

    @Test
    void eventsAreInAvroWhereAFileOrTheEnvironmentSaysSoAndThereIsARegistry() {
        Map<String, String> avro = new HashMap<>(LEAST);
        avro.put("event-format", "avro");

        assertThat(new Settings(LEAST, Map.of(), null).pipelines().get(0).events())
                .isEqualTo(EventFormat.JSON);
        assertThat(new Settings(avro, Map.of("SURPRISAL_KAFKA_SCHEMA_REGISTRY_URL", "http://registry:8080"), null)
                        .pipelines()
                        .get(0)
                        .events())
                .isEqualTo(EventFormat.AVRO);
        assertThatThrownBy(() -> new Settings(avro, Map.of(), null).pipelines())
                .isInstanceOf(SurprisalException.class)
                .hasMessage(
                        "pipeline 'payments': events in Avro need a schema registry; set the Kafka property schema.registry.url, such as http://registry:8080/apis/ccompat/v7");
    }
}
