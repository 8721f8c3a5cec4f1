package dev.surprisal.scorer.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.scorer.access.Access;
import dev.surprisal.scorer.access.ApiToken;
import dev.surprisal.scorer.access.ApiTokens;
import dev.surprisal.scorer.access.Scope;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.fixture.Wire;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Pipeline;
import io.micronaut.web.router.Router;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The HTTP server as a stranger finds it, and as one who means harm does. */
class StrangerIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String API = "/api/v1/pipelines/payments";
    private static final String GOOD = "{\"amount\": 50, \"age\": 30, \"country\": \"DE\"}";
    private static final String WRONG = ApiToken.PREFIX + "A".repeat(43);

    /** What everybody may ask; whatever is not here or below needs {@link Scope#READ} to look and {@link Scope#OPERATE} to do something. */
    private static final Set<String> OPEN = Set.of(
            "GET /health",
            "GET /health/{selector}",
            "GET /api/v1/session",
            "POST /api/v1/session",
            "DELETE /api/v1/session");

    private static final Set<String> FOR_ADMINISTRATORS = Set.of(
            "POST /api/v1/pipelines/{pipeline}/model/promote", "POST /api/v1/pipelines/{pipeline}/model/rollback");
    private static final Set<String> ONLY_LOOKS = Set.of("POST /api/v1/pipelines/{pipeline}/score");

    @TempDir
    private static Path folder;

    private static final Map<Scope, String> TOKENS = new EnumMap<>(Scope.class);
    private static TestBroker broker;
    private static Path model;
    private static Scorer scorer;
    private static HttpClient http;

    /** A route of the server. */
    private record Route(String method, String template) {
        String path() {
            return template.replaceAll("\\{[/]?pipeline}", "payments")
                    .replaceAll("\\{[/]?selector}", "liveness")
                    .replaceAll("\\{\\?.*}", "")
                    .replaceAll("\\{/?[a-z_]+}", "1");
        }

        String name() {
            return method + " " + template.replaceAll("\\{\\?.*}", "");
        }

        Scope needs() {
            if (OPEN.contains(name())) {
                return null;
            }
            if (FOR_ADMINISTRATORS.contains(name())) {
                return Scope.ADMIN;
            }
            return method.equals("GET") || ONLY_LOOKS.contains(name()) ? Scope.READ : Scope.OPERATE;
        }
    }

    @BeforeAll
    static void start() throws Exception {
        broker = TestBroker.start(folder);
        broker.create("payments", 1 << 20);
        model = TinyModel.write(folder.resolve("tiny.onnx"));
        Path file = folder.resolve("tokens.txt");
        List<String> lines = new ArrayList<>(List.of("# who may", ""));
        for (Scope scope : Scope.values()) {
            TOKENS.put(scope, ApiToken.random(new SecureRandom()));
            lines.add(ApiToken.of("a-" + scope.text(), scope, TOKENS.get(scope)).line());
        }
        Files.write(file, lines);
        scorer = start(new Access("127.0.0.1", 0, ApiTokens.read(file), null, false, 10_000));
        http = HttpClient.newHttpClient();
    }

    private static Scorer start(Access access) throws InterruptedException {
        Scorer started = Scorer.start(
                access,
                List.of(new Pipeline(
                        "payments",
                        "payments",
                        model,
                        null,
                        Delivery.AT_LEAST_ONCE,
                        1,
                        1 << 20,
                        Map.of("bootstrap.servers", broker.address()))));
        assertThat(started.awaitReady(PATIENCE)).isTrue();
        return started;
    }

    @AfterAll
    static void stop() {
        scorer.close();
        broker.close();
    }

    private static List<Route> routes() {
        List<Route> routes = scorer.context()
                .getBean(Router.class)
                .uriRoutes()
                .map(route -> new Route(
                        route.getHttpMethodName(), route.getUriMatchTemplate().toString()))
                // The twin that Micronaut makes of every GET.
                .filter(route -> !route.method.equals("HEAD"))
                .distinct()
                .toList();
        assertThat(routes).hasSizeGreaterThan(25);
        return routes;
    }

    @Test
    void everyRouteAsksWhoItIs() throws Exception {
        for (Route route : routes()) {
            if (route.needs() == null) {
                continue;
            }
            HttpResponse<String> unknown = ask(route.method, route.path(), null);
            assertThat(unknown.statusCode()).as(route.name()).isEqualTo(401);
            assertThat(unknown.headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"surprisal\"");
            assertThat(unknown.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(unknown.headers().firstValue("Content-Security-Policy")).isPresent();
            assertThat(unknown.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(JSON.readTree(unknown.body()).get("detail").asText())
                    .contains("the scope " + route.needs().text());
            // Who tries many is told to wait.
            assertThat(ask(route.method, route.path(), WRONG).statusCode())
                    .as(route.name())
                    .isIn(401, 429);
            assertThat(ask("HEAD", route.path(), null).statusCode())
                    .as("HEAD " + route.path())
                    .isIn(401, 404, 405);
        }
    }

    @Test
    void everyRouteAsksForItsScope() throws Exception {
        for (Route route : routes()) {
            for (Scope scope : Scope.values()) {
                int status = route.template.endsWith("/events")
                        ? stream(route.path(), TOKENS.get(scope))
                        : ask(route.method, route.path(), TOKENS.get(scope)).statusCode();
                if (route.needs() != null && scope.compareTo(route.needs()) < 0) {
                    assertThat(status).as(scope + ": " + route.name()).isEqualTo(403);
                } else {
                    assertThat(status).as(scope + ": " + route.name()).isNotIn(403, 405, 500);
                    if (!route.name().equals("POST /api/v1/session")) {
                        assertThat(status).as(scope + ": " + route.name()).isNotEqualTo(401);
                    }
                }
            }
        }
    }

    @Test
    void manyWrongTokensAreSlowedDown() throws Exception {
        HttpResponse<String> last = null;
        for (int i = 0; i < 40 && (last == null || last.statusCode() == 401); i++) {
            last = ask("GET", "/api/v1/pipelines", WRONG + i);
        }
        assertThat(last.statusCode()).isEqualTo(429);
        assertThat(Integer.parseInt(last.headers().firstValue("Retry-After").orElseThrow()))
                .isPositive();
        assertThat(JSON.readTree(last.body()).get("status").asInt()).isEqualTo(429);
        assertThat(ask("GET", "/api/v1/pipelines", TOKENS.get(Scope.READ)).statusCode())
                .isEqualTo(200);
    }

    @Test
    void browsersWithAnOldCookieCanLogIn() throws Exception {
        String old = "surprisal-token=" + WRONG;
        for (int i = 0; i < 40; i++) {
            assertThat(get("/api/v1/pipelines", "Cookie", old).statusCode()).isEqualTo(401);
        }
        assertThat(get("/api/v1/session", "Cookie", old).statusCode()).isEqualTo(200);
    }

    @Test
    void refusalsAreCounted() throws Exception {
        assertThat(ask("GET", API + "/flags", null).statusCode()).isEqualTo(401);
        assertThat(ask("POST", API + "/replays", TOKENS.get(Scope.READ)).statusCode())
                .isEqualTo(403);

        String metrics = ask("GET", "/prometheus", TOKENS.get(Scope.READ)).body();

        for (int status : List.of(401, 403)) {
            assertThat(metrics).containsPattern("surprisal_http_refusals_total\\{status=\"" + status + "\"} [1-9]");
        }
    }

    @Test
    void healthTellsStrangersNothingButItself() throws Exception {
        for (String path : List.of("/health", "/health/liveness", "/health/readiness")) {
            HttpResponse<String> response = ask("GET", path, null);
            assertThat(response.statusCode()).as(path).isEqualTo(200);
            assertThat(response.body()).as(path).isEqualTo("{\"status\":\"UP\"}");
        }
        assertThat(ask("GET", "/health", TOKENS.get(Scope.READ)).body()).contains("payments", TinyModel.VERSION);
    }

    @Test
    void browsersLogInWithACookieThatOnlyTheirOwnPageUses() throws Exception {
        HttpResponse<String> login = post("/api/v1/session", "{\"token\": \"" + TOKENS.get(Scope.OPERATE) + "\"}");
        assertThat(login.statusCode()).isEqualTo(204);
        String set = login.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(set)
                .containsIgnoringCase("; HttpOnly")
                .contains("; SameSite=Strict", "; Path=/")
                .doesNotContain("Max-Age", "Expires", "Secure");
        String cookie = set.substring(0, set.indexOf(';'));

        assertThat(json(get("/api/v1/session", "Cookie", cookie)).get("name").asText())
                .isEqualTo("a-operate");
        assertThat(get(API + "/flags", "Cookie", cookie).statusCode()).isEqualTo(200);
        String rate = "{\"alarm_rate\": \"1/1000\"}";
        assertThat(put(rate, "Cookie", cookie).statusCode()).isEqualTo(200);
        assertThat(put(rate, "Cookie", cookie, "Origin", scorer.uri().toString())
                        .statusCode())
                .isEqualTo(200);
        assertThat(put(rate, "Cookie", cookie, "Sec-Fetch-Site", "same-origin").statusCode())
                .isEqualTo(200);
        for (String origin : List.of("https://evil.example", "http://localhost:1", "null", "http://", "%%")) {
            HttpResponse<String> forged = put(rate, "Cookie", cookie, "Origin", origin);
            assertThat(forged.statusCode()).as(origin).isEqualTo(403);
        }
        for (String site : List.of("cross-site", "same-site")) {
            assertThat(put(rate, "Cookie", cookie, "Sec-Fetch-Site", site).statusCode())
                    .as(site)
                    .isEqualTo(403);
        }

        HttpResponse<String> logout = http.send(
                request("/api/v1/session").header("Cookie", cookie).DELETE().build(), BodyHandlers.ofString());
        assertThat(logout.headers().allValues("Set-Cookie"))
                .anySatisfy(cleared ->
                        assertThat(cleared).startsWith("surprisal-token=;").contains("Max-Age=0"));
        assertThat(post("/api/v1/session", "{\"token\": \"" + WRONG + "\"}").statusCode())
                .isIn(401, 429);
    }

    @Test
    void cookiesAreSecureBehindAProxyWithTls() throws Exception {
        HttpResponse<String> login = http.send(
                request("/api/v1/session")
                        .header("X-Forwarded-Proto", "https")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"token\": \"" + TOKENS.get(Scope.READ) + "\"}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(login.headers().firstValue("Set-Cookie").orElseThrow()).contains("Secure");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../../../../../../etc/passwd",
                "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
                "/..%2f..%2f..%2f..%2fetc/passwd",
                "/js/..%5c..%5clogback.xml",
                "/js/../../logback.xml",
                "/js/%2e%2e/%2e%2e/logback.xml",
                "/swagger/../../logback.xml",
                "/swagger/..%2f..%2flogback.xml",
                "/webjars/../../../logback.xml",
                "/webjars/%2e%2e%2f%2e%2e%2f%2e%2e%2flogback.xml",
                "//etc/passwd",
                "/js//etc/passwd",
                "/file:/etc/passwd",
                "/js/%00/../../logback.xml",
                "/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd"
            })
    void pathsLeadNowhereElse(String path) throws Exception {
        String answer = raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(answer).doesNotContain("root:x:", "<configuration>", "Exception");
        assertThat(status(answer)).as(answer.lines().findFirst().orElse("")).isIn(400, 401, 404);
    }

    @Test
    void oversizedRequestsAreTurnedAway() throws Exception {
        String close = "Host: localhost\r\nConnection: close\r\n";
        assertThat(status(raw("GET /health HTTP/1.1\r\n" + close + "X-Long: " + "a".repeat(100_000) + "\r\n\r\n")))
                .isIn(400, 413, 431);
        assertThat(status(raw("GET /health HTTP/1.1\r\n" + close + "X: a\r\n".repeat(20_000) + "\r\n")))
                .isIn(400, 413, 431);
        assertThat(status(raw("GET /health?" + "a".repeat(100_000) + " HTTP/1.1\r\n" + close + "\r\n")))
                .isIn(400, 413, 414, 431);
        assertThat(status(raw("GET /api/v1/pipelines HTTP/1.1\r\n" + close + "Authorization: Bearer " + ApiToken.PREFIX
                        + "a".repeat(7_000) + "\r\n\r\n")))
                .isIn(401, 429);
        assertThat(status(raw("POST " + API + "/score HTTP/1.1\r\n" + close + "Authorization: Bearer "
                        + TOKENS.get(Scope.READ)
                        + "\r\nContent-Type: application/json\r\nContent-Length: 9000000000\r\n\r\n[")))
                .isEqualTo(413);
        assertThat(status(raw("NONSENSE\r\n\r\n"))).isIn(400, 404);
        assertThat(ask("GET", "/health", null).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void bodiesAreTakenOrRefusedAndNothingBreaks(long seed) throws Exception {
        Random random = new Random(seed);
        List<String> bodies = List.of(
                "{\"alarm_rate\": \"1/1000\"}",
                "{\"discard\": true, \"version\": \"x\"}",
                "{\"partition\": 0, \"offset\": 42, \"verdict\": \"confirmed\", \"by\": \"Ada\"}",
                "{\"field\": \"amount\", \"direction\": \"above\", \"until\": 1}",
                "[" + GOOD + "," + GOOD + "]",
                "{\"token\": \"x\"}");
        for (Route route : routes()) {
            if (route.method.equals("GET")) {
                continue;
            }
            for (int i = 0; i < 25; i++) {
                byte[] body = bodies.get(random.nextInt(bodies.size())).getBytes(UTF_8);
                for (int changes = random.nextInt(5); changes > 0; changes--) {
                    body[random.nextInt(body.length)] = (byte) random.nextInt();
                }
                if (random.nextInt(10) == 0) {
                    body = "[".repeat(50_000).getBytes(UTF_8);
                }
                int status = http.send(
                                request(route.path())
                                        .header("Authorization", "Bearer " + TOKENS.get(Scope.ADMIN))
                                        .header(
                                                "Content-Type",
                                                random.nextInt(8) == 0 ? "text/xml" : "application/json")
                                        .method(route.method, BodyPublishers.ofByteArray(body))
                                        .build(),
                                BodyHandlers.ofString())
                        .statusCode();
                assertThat(status)
                        .as("%s with '%s', seed %d", route.name(), new String(body, ISO_8859_1), seed)
                        .satisfies(code -> assertThat(code < 500 || code == 503).isTrue());
            }
        }
        assertThat(ask("GET", API, TOKENS.get(Scope.READ)).statusCode()).isEqualTo(200);
    }

    @Test
    void hostileModelsAreRefusedOnceAndScoringGoesOn() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.surprisal");
        log.start();
        logger.addAppender(log);
        try {
            Wire huge = new Wire()
                    .number(1, 1L << 40)
                    .number(1, 1L << 20)
                    .number(2, 1)
                    .text(8, "huge")
                    .bytes(9, new byte[4]);
            byte[] hostile = TinyModel.model(TinyModel.graph().message(5, huge)).toBytes();
            Path beside = Files.write(folder.resolve("hostile.onnx"), hostile);
            Files.move(beside, model, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            await().atMost(PATIENCE).until(() -> refusals(log) > 0);
            broker.send(List.of(new ProducerRecord<>("payments", GOOD.getBytes(UTF_8))));
            assertThat(broker.read("payments.scores", read -> !read.isEmpty())).isNotEmpty();
            Thread.sleep(1_000);
            assertThat(refusals(log)).isEqualTo(1);
            assertThat(scorer.pipelines().areReady()).isTrue();
        } finally {
            logger.detachAppender(log);
            // For those that start later.
            TinyModel.write(model);
        }
    }

    private static long refusals(ListAppender<ILoggingEvent> log) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getFormattedMessage().contains("says it is larger than its bytes"))
                .count();
    }

    @Test
    void whoAsksTooOftenWaits() throws Exception {
        try (Scorer slow = start(new Access("127.0.0.1", 0, ApiTokens.NONE, null, true, 5))) {
            List<Integer> statuses = new ArrayList<>();
            HttpResponse<String> last = null;
            for (int i = 0; i < 40; i++) {
                last = http.send(
                        HttpRequest.newBuilder(slow.uri().resolve("/health/liveness"))
                                .build(),
                        BodyHandlers.ofString());
                statuses.add(last.statusCode());
            }
            assertThat(statuses.subList(0, 10)).containsOnly(200);
            assertThat(statuses).contains(429);
        }
    }

    @Test
    void withoutAuthenticationItIsForThisMachineOnly() throws Exception {
        try (Scorer open = start(Access.open("127.0.0.1", 0))) {
            int port = open.uri().getPort();
            String rebound = raw(
                    port,
                    "GET /api/v1/pipelines HTTP/1.1\r\nHost: evil.example:" + port + "\r\nConnection: close\r\n\r\n");
            assertThat(status(rebound)).isEqualTo(421);
            assertThat(rebound).contains("application/problem+json");
            for (String host : List.of("localhost:" + port, "127.0.0.1:" + port, "[::1]:" + port, "localhost")) {
                assertThat(status(raw(
                                port,
                                "GET /api/v1/pipelines HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")))
                        .as(host)
                        .isEqualTo(200);
            }
            assertThat(
                            status(
                                    raw(
                                            port,
                                            "POST /api/v1/pipelines/payments/model/promote HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")))
                    .isEqualTo(403);
        }
    }

    private static HttpResponse<String> ask(String method, String path, String token) throws Exception {
        HttpRequest.Builder request = request(path);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        boolean looks = method.equals("GET") || method.equals("HEAD");
        if (!looks) {
            request.header("Content-Type", "application/json");
        }
        request.method(method, looks ? BodyPublishers.noBody() : BodyPublishers.ofString("{}"));
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** The status of a stream that does not end by itself. */
    private static int stream(String path, String token) throws Exception {
        HttpResponse<InputStream> response = http.send(
                request(path).header("Authorization", "Bearer " + token).build(), BodyHandlers.ofInputStream());
        response.body().close();
        return response.statusCode();
    }

    private static HttpResponse<String> get(String path, String... headers) throws Exception {
        return http.send(request(path).headers(headers).build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> put(String body, String... headers) throws Exception {
        return http.send(
                request(API + "/alarm-rate")
                        .header("Content-Type", "application/json")
                        .headers(headers)
                        .PUT(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        return http.send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(scorer.uri() + path)).timeout(PATIENCE);
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    private static String raw(String request) throws IOException {
        return raw(scorer.uri().getPort(), request);
    }

    private static String raw(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            try {
                socket.getOutputStream().write(request.getBytes(ISO_8859_1));
                socket.getOutputStream().flush();
            } catch (IOException e) {
                // It was turned away before all of it was sent; the answer may be there all the same.
                assertThat(e).hasMessageMatching("(?i).*(broken pipe|reset).*");
            }
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    private static int status(String answer) {
        assertThat(answer).matches("(?s)HTTP/1\\.[01] \\d{3} .*");
        return Integer.parseInt(answer.substring(9, 12));
    }
}
