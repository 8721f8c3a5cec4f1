package dev.surprisal.scorer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.DeadLetterHeaders;
import dev.surprisal.scorer.fixture.ApicurioRegistry;
import dev.surprisal.scorer.fixture.Certificates;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TestIssuer;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import dev.surprisal.scorer.model.ModelRegistry;
import dev.surprisal.scorer.replay.Replay;
import dev.surprisal.scorer.replay.ReplayRequest;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.PipelineRights;
import dev.surprisal.scorer.stream.PipelineRights.Component;
import dev.surprisal.scorer.stream.PipelineRights.Right;
import dev.surprisal.scorer.stream.PipelineStreams;
import dev.surprisal.scorer.stream.PipelineTopics;
import dev.surprisal.scorer.validation.Finding;
import dev.surprisal.scorer.validation.Finding.Grade;
import dev.surprisal.scorer.validation.Validation;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A scorer on a broker with SASL over TLS, where nobody may do what no ACL allows. */
class SecuredBrokerIT {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final int SOME = 200;
    private static final String USER = "scorer";
    private static final String PASSWORD = "correct-horse-battery";
    private static final String SECRET = "another-secret-of-plain";

    @TempDir
    private static Path folder;

    private static Certificates certificates;
    private static Path keystore;
    private static TestIssuer issuer;
    private static TestBroker broker;
    private static Path model;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Map<String, Level> levels;

    @BeforeAll
    static void startBroker() throws Exception {
        certificates = new Certificates(folder.resolve("certificates"));
        keystore = folder.resolve("broker.p12");
        certificates.issue(keystore, "-1d", 10);
        issuer = new TestIssuer();
        String plain = "org.apache.kafka.common.security.plain.PlainLoginModule required user_" + USER + "=\"" + SECRET
                + "\";";
        System.setProperty(
                "org.apache.kafka.sasl.oauthbearer.allowed.urls",
                issuer.address() + "/keys," + issuer.address() + "/token");
        broker = TestBroker.startSecured(
                folder,
                Map.of(
                        "ssl.keystore.location",
                        keystore.toString(),
                        "ssl.keystore.password",
                        Certificates.PASSWORD,
                        "scram-sha-512.sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required;",
                        "plain.sasl.jaas.config",
                        plain,
                        "oauthbearer.sasl.jaas.config",
                        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;",
                        "oauthbearer.sasl.server.callback.handler.class",
                        "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler",
                        "oauthbearer.sasl.oauthbearer.jwks.endpoint.url",
                        issuer.address() + "/keys",
                        "oauthbearer.sasl.oauthbearer.expected.issuer",
                        issuer.address(),
                        "oauthbearer.sasl.oauthbearer.expected.audience",
                        TestIssuer.CLIENT));
        setPassword(PASSWORD);
        model = TinyModel.write(folder.resolve("tiny.onnx"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
        issuer.close();
        System.clearProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls");
    }

    /** All that is said, Kafka's own account of its configuration, too. */
    @BeforeEach
    void listen() {
        levels = new HashMap<>();
        for (String name : List.of(
                "dev.surprisal",
                "org.apache.kafka",
                "org.apache.kafka.clients.consumer.ConsumerConfig",
                "org.apache.kafka.clients.producer.ProducerConfig",
                "org.apache.kafka.clients.admin.AdminClientConfig",
                "org.apache.kafka.streams.StreamsConfig",
                "org.apache.kafka.common.config.AbstractConfig")) {
            Logger logger = (Logger) LoggerFactory.getLogger(name);
            levels.put(name, logger.getLevel());
            logger.setLevel(Level.INFO);
            logger.setAdditive(false);
            logger.addAppender(log);
        }
        log.start();
    }

    @AfterEach
    void saysNoSecrets() {
        levels.forEach((name, level) -> {
            Logger logger = (Logger) LoggerFactory.getLogger(name);
            logger.setLevel(level);
            logger.setAdditive(true);
            logger.detachAppender(log);
        });
        assertThat(said())
                .isNotEmpty()
                .noneMatch(line -> line.contains(PASSWORD)
                        || line.contains(SECRET)
                        || line.contains(TestIssuer.SECRET)
                        || line.contains("not-the-password"));
    }

    private List<String> said() {
        return List.copyOf(log.list).stream()
                .map(event -> event.getFormattedMessage()
                        + (event.getThrowableProxy() == null
                                ? ""
                                : event.getThrowableProxy().getMessage()))
                .toList();
    }

    @Test
    void scoresWithExactlyTheRightsThatThePlanLists() throws Exception {
        Pipeline pipeline = prepare("planned", PASSWORD, "topic:payments");
        new ModelRegistry(Map.of("bootstrap.servers", broker.address()), Clock.systemUTC())
                .publish(TinyModel.NAME, TinyModel.VERSION, TinyModel.version(TinyModel.VERSION), null, false);
        send("planned", 0);
        Set<String> before = new HashSet<>(broker.topics());
        assertThat(validate(pipeline))
                .noneMatch(finding -> finding.grade() == Grade.FAILED)
                .anyMatch(finding -> finding.text().matches("(\\d+) of the last \\1 records get a score"))
                .anyMatch(finding -> finding.text().contains("the rights on"));
        List<String> command = List.of(
                "validate",
                "--topic=planned",
                "--model=topic:payments",
                "--kafka-file=" + folder.resolve("planned.properties"),
                "--bootstrap-servers=" + broker.secureAddress());
        assertThat(Main.run(command.toArray(String[]::new))).isZero();
        List<String> open = new ArrayList<>(command);
        open.add("--host=0.0.0.0");
        assertThat(Main.run(open.toArray(String[]::new))).isEqualTo(1);
        assertThat(broker.topics()).containsExactlyInAnyOrderElementsOf(before);
        assertThat(broker.admin().listGroups().all().get())
                .noneMatch(group -> group.groupId().equals("surprisal-planned"));
        try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline))) {
            assertThat(scorer.awaitReady(PATIENCE))
                    .as(() -> String.valueOf(scorer.pipelines().all().get(0).failure()))
                    .isTrue();
            awaitScores("planned", SOME);
            broker.send(List.of(new ProducerRecord<>(
                    "planned", "{\"amount\": 500, \"age\": 30, \"country\": \"FR\"}".getBytes(UTF_8))));
            broker.send(List.of(new ProducerRecord<>("planned", "x".getBytes(UTF_8))));
            String api = scorer.uri() + "/api/v1/pipelines/planned";
            await().atMost(PATIENCE).until(() -> get(api + "/flags").contains("\"held\":1"));
            await().atMost(PATIENCE).until(() -> get(api + "/incidents").contains("\"id\""));
            await().atMost(PATIENCE).until(() -> get(api + "/dead-letters").contains("\"held\":1"));
            assertThat(get(api + "/model/history")).contains(TinyModel.VERSION);
            assertThat(post(
                            api + "/labels",
                            "{\"partition\": 0, \"offset\": 1, \"verdict\": \"confirmed\", \"by\": \"Ada\"}"))
                    .isBetween(200, 204);
            assertThat(post(api + "/rules", "{\"field\": \"amount\", \"direction\": \"above\"}"))
                    .isBetween(200, 204);
            // A change of models by HTTP gets as far as that there is nothing to go back to.
            assertThat(post(api + "/model/rollback", "{}")).isEqualTo(409);
        }
        assertThat(said()).noneMatch(line -> line.toLowerCase(Locale.ROOT).contains("authoriz"));
    }

    @Test
    void wrongPasswordIsToldAndForgottenOnceItIsRight() throws Exception {
        Pipeline pipeline = prepare("password", "not-the-password", model.toString());
        send("password", 0);
        assertThat(validate(pipeline))
                .filteredOn(finding -> finding.grade() == Grade.FAILED)
                .singleElement()
                .satisfies(finding -> assertThat(finding.text()).contains("Authentication failed"));
        try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline))) {
            awaitWaiting(scorer, "Authentication failed");
            assertThat(get(scorer.uri() + "/health")).contains("Authentication failed");

            setPassword("not-the-password");

            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            awaitScores("password", SOME);
        } finally {
            setPassword(PASSWORD);
        }
    }

    @Test
    void replayNeedsTheRightsOfTheReplayer() throws Exception {
        Pipeline pipeline = prepare("again", PASSWORD, model.toString());
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>("again.dead-letters", bytes("1"), bytes("x"));
        letter.headers().add(DeadLetterHeaders.TOPIC, bytes("again")).add(DeadLetterHeaders.PARTITION, bytes("0"));
        broker.send(List.of(letter));
        ReplayRequest all =
                new ReplayRequest("again.dead-letters", null, null, null, Map.of(), null, null, Long.MAX_VALUE);
        assertThatThrownBy(() -> new Replay(pipeline.kafka(), all, false).run())
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("ransactional");

        for (Right right : PipelineRights.of(Component.REPLAYER, pipeline, Set.of("again"))) {
            broker.admin().createAcls(right.bindings("User:" + USER)).all().get();
        }

        assertThat(new Replay(pipeline.kafka(), all, false).run().sent()).isEqualTo(Map.of("again", 1L));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void missingRightIsNamedAndNothingIsLost() throws Exception {
        Pipeline pipeline = prepare("right", PASSWORD, model.toString());
        List<AclBinding> toWrite = PipelineRights.of(Component.SCORER, pipeline, Set.of("right")).stream()
                .filter(right -> right.name().equals("right.scores"))
                .flatMap(right -> right.bindings("User:" + USER).stream())
                .filter(binding -> binding.entry().operation() == AclOperation.WRITE)
                .toList();
        assertThat(toWrite).hasSize(1);
        try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline))) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            send("right", 0);
            awaitScores("right", SOME);

            broker.admin().deleteAcls(List.of(toWrite.get(0).toFilter())).all().get();
            assertThat(validate(pipeline))
                    .filteredOn(finding -> finding.grade() == Grade.FAILED)
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.text()).contains("rights are missing", "right.scores"));
            send("right", SOME);

            awaitWaiting(scorer, "right.scores");
            await().atMost(PATIENCE)
                    .until(() -> String.valueOf(scorer.pipelines().all().get(0).failure())
                            .contains("surprisal topics plan --acls"));

            broker.admin().createAcls(toWrite).all().get();
            awaitScores("right", 2 * SOME);
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
        }
    }

    @Test
    void expiredCertificateIsToldAndScoringGoesOnWithAnother() throws Exception {
        Pipeline pipeline = prepare("expired", PASSWORD, model.toString());
        showCertificate("-10d", 5);
        send("expired", 0);
        try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline))) {
            try {
                awaitWaiting(scorer, "a certificate has expired");
            } finally {
                showCertificate("-1d", 10);
            }
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            awaitScores("expired", SOME);
        }
    }

    @Test
    void scoresAvroIntoAvroWithTheSameRights() throws Exception {
        ApicurioRegistry.missing().ifPresent(what -> Assumptions.abort(what));
        try (ApicurioRegistry registry = ApicurioRegistry.start(Files.createDirectory(folder.resolve("registry")))) {
            Schema schema = SchemaBuilder.record("Payment")
                    .fields()
                    .requiredDouble("amount")
                    .optionalInt("age")
                    .requiredString("country")
                    .endRecord();
            Pipeline pipeline = prepare(
                    "avro",
                    PASSWORD,
                    model.toString(),
                    Map.of("event-format", "avro", "kafka.schema.registry.url", registry.url()));
            List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
            for (int i = 0; i < SOME; i++) {
                records.add(new ProducerRecord<>("avro", registry.value(schema, i == 7 ? 500.0 : 51.0, 30, "DE")));
            }
            broker.send(records);

            try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline))) {
                assertThat(scorer.awaitReady(PATIENCE)).isTrue();

                List<ConsumerRecord<byte[], byte[]>> flags = broker.read("avro.anomalies", read -> !read.isEmpty());
                assertThat(flags).hasSize(1);
                assertThat(registry.read(flags.get(0).value()).get("sentence").toString())
                        .startsWith("amount ");
                Set<String> scored = new HashSet<>();
                for (ConsumerRecord<byte[], byte[]> score : broker.read("avro.scores", read -> read.size() >= SOME)) {
                    GenericRecord event = registry.read(score.value());
                    scored.add(event.get("partition") + "-" + event.get("offset"));
                }
                assertThat(scored).hasSize(SOME);
                assertThat(broker.read("avro.scores", read -> read.size() > SOME))
                        .hasSize(SOME);
            }
        }
    }

    private static void showCertificate(String start, int days) throws Exception {
        broker.pause();
        certificates.issue(keystore, start, days);
        broker.resume();
    }

    @Test
    void plainAndTokensOfAnIssuerServeAsWell() throws Exception {
        prepare("mechanisms", PASSWORD, model.toString());
        for (String mechanism : List.of("PLAIN", "OAUTHBEARER")) {
            Path file = folder.resolve(mechanism + ".properties");
            if (mechanism.equals("PLAIN")) {
                writeProperties(file, mechanism, "org.apache.kafka.common.security.plain.PlainLoginModule", SECRET);
            } else {
                Files.writeString(
                        file,
                        tls("OAUTHBEARER") + """
                        sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;
                        sasl.login.callback.handler.class=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler
                        sasl.oauthbearer.token.endpoint.url=%s/token
                        sasl.oauthbearer.client.credentials.client.id=%s
                        sasl.oauthbearer.client.credentials.client.secret=%s
                        """.formatted(issuer.address(), TestIssuer.CLIENT, TestIssuer.SECRET));
            }
            Pipeline pipeline = pipeline("mechanisms", file, model.toString());
            Set<String> seen = KafkaAdmin.with(pipeline.kafka(), KafkaAdmin::topics);
            assertThat(seen).as(mechanism).contains("mechanisms");
            try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline))) {
                assertThat(scorer.awaitReady(PATIENCE)).as(mechanism).isTrue();
            }
        }
    }

    /** A topic with its outputs, rights of the scorer alone, and the pipeline as its settings describe it. */
    private static Pipeline prepare(String topic, String password, String from) throws Exception {
        return prepare(topic, password, from, Map.of());
    }

    /** @param more settings */
    private static Pipeline prepare(String topic, String password, String from, Map<String, String> more)
            throws Exception {
        broker.create(topic, 1 << 20);
        Path file = folder.resolve(topic + ".properties");
        writeProperties(file, "SCRAM-SHA-512", "org.apache.kafka.common.security.scram.ScramLoginModule", password);
        Pipeline pipeline = pipeline(topic, file, from, more);
        // What `topics apply` does, by somebody who may.
        KafkaAdmin.with(Map.of("bootstrap.servers", broker.address()), kafka -> {
            PipelineTopics topics = new PipelineTopics(pipeline, kafka);
            topics.create(topics.plan());
            return null;
        });
        for (Right right : PipelineRights.of(Component.SCORER, pipeline, Set.of(topic))) {
            broker.admin().createAcls(right.bindings("User:" + USER)).all().get();
        }
        return pipeline;
    }

    private static List<Finding> validate(Pipeline pipeline) {
        List<Finding> findings = new ArrayList<>();
        new Validation(findings::add).check(pipeline);
        return findings;
    }

    private static Pipeline pipeline(String topic, Path kafkaFile, String from) {
        return pipeline(topic, kafkaFile, from, Map.of());
    }

    private static Pipeline pipeline(String topic, Path kafkaFile, String from, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "topic",
                topic,
                "model",
                from,
                "kafka-file",
                kafkaFile.toString(),
                "kafka.bootstrap.servers",
                broker.secureAddress()));
        settings.putAll(more);
        return new Settings(settings, Map.of(), null).pipelines().get(0);
    }

    /** With the password elsewhere, as a mounted secret is. */
    private static void writeProperties(Path file, String mechanism, String module, String password) throws Exception {
        Path secret = Files.createDirectories(folder.resolve("secrets-" + file.getFileName()));
        Files.writeString(secret.resolve("password"), password);
        Files.writeString(
                file,
                tls(mechanism) + "sasl.jaas.config=" + module + " required username=\"" + USER
                        + "\" password=\"${directory:" + secret + ":password}\";\n");
    }

    private static String tls(String mechanism) {
        return "security.protocol=SASL_SSL\nsasl.mechanism=" + mechanism
                + "\nssl.truststore.type=PEM\nssl.truststore.location=" + certificates.authority() + "\n";
    }

    private static void setPassword(String password) throws Exception {
        broker.admin()
                .alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                        USER, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password)))
                .all()
                .get();
    }

    private static void send(String topic, int from) throws Exception {
        broker.send(IntStream.range(from, from + SOME)
                .mapToObj(i -> new ProducerRecord<byte[], byte[]>(
                        topic, 0, null, "{\"amount\": 50, \"age\": 30, \"country\": \"DE\"}".getBytes(UTF_8)))
                .toList());
    }

    private static void awaitScores(String topic, int records) {
        await().atMost(PATIENCE)
                .until(() -> coordinates(broker.read(topic + ".scores", read -> read.size() >= records))
                                .size()
                        == records);
        assertThat(broker.read(topic + ".scores", read -> read.size() > records))
                .hasSize(records);
    }

    private static Set<String> coordinates(List<ConsumerRecord<byte[], byte[]>> scores) {
        Set<String> coordinates = new HashSet<>();
        scores.forEach(score -> coordinates.add(
                new String(score.value(), UTF_8).replaceAll(".*(\"partition\":\\d+,\"offset\":\\d+).*", "$1")));
        return coordinates;
    }

    private static void awaitWaiting(Scorer scorer, String why) {
        PipelineStreams streams = scorer.pipelines().all().get(0);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(String.valueOf(streams.failure())).contains(why));
        assertThat(scorer.pipelines().areAlive()).isTrue();
    }

    private static String get(String address) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString())
                .body();
    }

    private static int post(String address, String body) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(address))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
        return response.statusCode();
    }
}
