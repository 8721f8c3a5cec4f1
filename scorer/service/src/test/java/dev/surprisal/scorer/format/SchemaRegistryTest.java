package dev.surprisal.scorer.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.ScoreEvent;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.schemas.record.RecordException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a registry may answer, a real one too, but not on demand. */
class SchemaRegistryTest {

    private static final String SCHEMA =
            "{\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"P\\\",\\\"fields\\\":[]}\"}";

    private final List<String> asked = new ArrayList<>();
    private final Map<String, String> answers = new HashMap<>();
    private int status = 200;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String authorisation = exchange.getRequestHeaders().getFirst("Authorization");
        asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI()
                + (authorisation == null ? "" : " " + authorisation));
        byte[] body =
                answers.getOrDefault(exchange.getRequestURI().toString(), "").getBytes(UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private SchemaRegistry registry(Map<String, String> more) {
        Map<String, String> kafka = new HashMap<>(more);
        kafka.putIfAbsent("schema.registry.url", url() + "/");
        return new SchemaRegistry(RegistryConnection.of(kafka).orElseThrow());
    }

    @Test
    void aSchemaIsAskedForOnce() {
        answers.put("/schemas/ids/7", SCHEMA);
        SchemaRegistry registry = registry(Map.of());

        assertThat(registry.schema(7).getName()).isEqualTo("P");
        server.stop(0);
        assertThat(registry.schema(7).getName()).isEqualTo("P");
        assertThat(asked).containsExactly("GET /schemas/ids/7");
        assertThatThrownBy(() -> registry.schema(8))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("does not answer");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            401 |                                                   | answers 401 about schema 7; set its credentials
            403 | {"error_code":40301,"message":"no"}               | answers 403 about schema 7, no; set its credentials
            404 |                                                   | answers 404 about schema 7; does the URL lead to an API
            404 | <html>not here</html>                             | answers 404 about schema 7; does the URL lead to an API
            500 | {"error_code":50001,"message":"x"}                | does not answer: it answers 500
            429 |                                                   | answers 429 about schema 7
            """)
    void whatSaysNothingOfTheRecordLetsItWait(int code, String body, String message) {
        status = code;
        answers.put("/schemas/ids/7", body == null ? "" : body);

        assertThatThrownBy(() -> registry(Map.of()).schema(7))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            404 | {"error_code":40403,"message":"Schema not found"}  | schema 7 is not in the registry
            200 | {"schema":"message P {}","schemaType":"PROTOBUF"}  | is of type PROTOBUF, not AVRO
            200 | {"schema":"{\\"type\\":\\"nothing\\"}"}            | is no Avro schema
            200 | {}                                                 | is no Avro schema
            """)
    void whatCannotBeReadByAnybodyIsADeadLetterAndNotAskedForAgainAtOnce(int code, String body, String message) {
        status = code;
        answers.put("/schemas/ids/7", body.replace("\\\\", "\\"));
        SchemaRegistry registry = registry(Map.of());

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> registry.schema(7))
                    .isInstanceOf(RecordException.class)
                    .hasMessageContaining(message);
        }
        assertThat(asked).hasSize(1);
    }

    @Test
    void schemasThatItRefersToAreAskedForToo() {
        answers.put(
                "/schemas/ids/7",
                "{\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"P\\\",\\\"fields\\\":[{\\\"name\\\":\\\"c\\\",\\\"type\\\":\\\"shop.City\\\"}]}\",\"references\":[{\"name\":\"shop.City\",\"subject\":\"shop city\",\"version\":2}]}");
        answers.put(
                "/subjects/shop%20city/versions/2",
                "{\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"City\\\",\\\"namespace\\\":\\\"shop\\\",\\\"fields\\\":[]}\"}");

        assertThat(registry(Map.of()).schema(7).getField("c").schema().getFullName())
                .isEqualTo("shop.City");
    }

    @Test
    void anEventsSchemaIsPutThereOnceOrOnlyLookedUp() {
        answers.put("/subjects/payments.scores-value/versions", "{\"id\":3}");
        answers.put("/subjects/payments.scores-value", "{\"id\":4,\"version\":1}");
        SchemaRegistry registry = registry(Map.of("basic.auth.user.info", "ada:secret"));

        assertThat(registry.register("payments.scores-value", ScoreEvent.getClassSchema()))
                .isEqualTo(3);
        assertThat(registry.register("payments.scores-value", ScoreEvent.getClassSchema()))
                .isEqualTo(3);
        assertThat(registry(Map.of("auto.register.schemas", "false", "bearer.auth.token", "abc"))
                        .register("payments.scores-value", ScoreEvent.getClassSchema()))
                .isEqualTo(4);
        assertThat(asked)
                .containsExactly(
                        "POST /subjects/payments.scores-value/versions Basic YWRhOnNlY3JldA==",
                        "POST /subjects/payments.scores-value Bearer abc");
    }

    @Test
    void ofSeveralTheNextIsAskedWhereOneDoesNotAnswer() {
        answers.put("/schemas/ids/7", SCHEMA);

        assertThat(registry(Map.of("schema.registry.url", "http://127.0.0.1:1, " + url()))
                        .schema(7)
                        .getName())
                .isEqualTo("P");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            registry:8080                 |   | is no URL such as
            ftp://registry                |   | is no URL such as
            http://a b                    |   | is no URL such as
            http://ada:secret@registry    |   | has a user in it; set basic.auth.user.info
            http://registry               | x | set one of them
            https://registry              |   | TLS cannot be set up from schema.registry.ssl.*
            """)
    void whatCannotBeRightIsSaidWithoutTheSecret(String url, String token, String message) {
        Map<String, String> kafka = new HashMap<>(
                Map.of("schema.registry.url", url, "schema.registry.ssl.truststore.location", "/nowhere.p12"));
        kafka.put("schema.registry.ssl.truststore.password", "secret");
        if (token != null) {
            kafka.put("bearer.auth.token", "secret");
            kafka.put("basic.auth.user.info", "ada:secret");
        }

        assertThatThrownBy(() -> TopicFormats.of(kafka, EventFormat.JSON, new Topics("payments")))
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("secret");
    }

    @Test
    void avroNeedsARegistry() {
        assertThatThrownBy(() -> TopicFormats.of(Map.of(), EventFormat.AVRO, new Topics("payments")))
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("set the Kafka property schema.registry.url");
        assertThatThrownBy(() -> TopicFormats.of(Map.of(), EventFormat.JSON, new Topics("payments"))
                        .json(new byte[] {0, 0, 0, 0, 9, 1}))
                .isInstanceOf(RecordException.class)
                .hasMessageContaining(
                        "if it is Avro with schema 9, the Kafka property schema.registry.url has to be set");
        assertThatThrownBy(() -> EventFormat.parse("xml")).hasMessageContaining("use json or avro");
    }

    @Test
    void aSecretMayStandWhereKafkasClientsWouldLookForIt(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("secrets.properties"), "token=abc\n");
        answers.put("/schemas/ids/7", SCHEMA);

        registry(Map.of(
                        "bearer.auth.token",
                        "${file:" + file + ":token}",
                        "config.providers",
                        "file",
                        "config.providers.file.class",
                        FileConfigProvider.class.getName()))
                .schema(7);

        assertThat(asked).containsExactly("GET /schemas/ids/7 Bearer abc");
    }

    @Test
    void noSecretIsShown() {
        RegistryConnection connection = RegistryConnection.of(
                        Map.of("schema.registry.url", "http://registry", "bearer.auth.token", "secret"))
                .orElseThrow();

        assertThat(connection.toString()).isEqualTo("http://registry");
    }
}
