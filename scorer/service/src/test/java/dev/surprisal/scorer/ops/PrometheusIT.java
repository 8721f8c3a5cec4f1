package dev.surprisal.scorer.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.scorer.cli.Scorer;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Pipeline;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus scrapes a running scorer: every query of board and alerts finds what it asks for, and what breaks is told. */
class PrometheusIT {

    private static final Path PROMETHEUS = Path.of("/usr/bin/prometheus");
    private static final Path DEPLOY = Path.of("..", "..", "deploy");
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Pattern SELECTOR = Pattern.compile("surprisal_\\w+(\\{[^}]*})?");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private TestBroker broker;
    private Scorer scorer;
    private Process prometheus;
    private int port;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(
                Files.isExecutable(PROMETHEUS),
                "skipped: alerts and board are not tested against a running Prometheus, since there is no "
                        + PROMETHEUS);
        broker = TestBroker.start(folder);
        Path model = TinyModel.write(folder.resolve("tiny.onnx"));
        List<Pipeline> pipelines = new ArrayList<>();
        for (String name : List.of("living", "stopping")) {
            broker.create(name, 1 << 20);
            pipelines.add(new Pipeline(
                    name,
                    name,
                    model,
                    null,
                    Delivery.EXACTLY_ONCE,
                    1,
                    1 << 20,
                    Map.of("bootstrap.servers", broker.address())));
        }
        scorer = Scorer.start("127.0.0.1", 0, pipelines);
        assertThat(scorer.awaitReady(PATIENCE)).isTrue();
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Files.copy(DEPLOY.resolve("prometheus/rules.yml"), folder.resolve("rules.yml"));
        String config = Files.readString(DEPLOY.resolve("prometheus/prometheus.yml"))
                .replace("15s", "1s")
                .replace("localhost:8080", "127.0.0.1:" + scorer.uri().getPort());
        Path file = Files.writeString(folder.resolve("prometheus.yml"), config);
        prometheus = new ProcessBuilder(
                        PROMETHEUS.toString(),
                        "--config.file=" + file,
                        "--storage.tsdb.path=" + folder.resolve("series"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (prometheus != null) {
            prometheus.destroy();
            prometheus.waitFor();
        }
        if (scorer != null) {
            scorer.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void findsWhatBoardAndAlertsAskForAndTellsWhatBreaks() throws Exception {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> !query("surprisal_records_total").isEmpty());
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> {
            feed();
            return query("rate(surprisal_flags_total[1m]) > 0").size() == 2;
        });

        for (String each : boardQueries()) {
            JsonNode found = query(each);
            assertThat(found).as(each).isNotEmpty();
            found.forEach(series -> assertThat(
                            Double.parseDouble(series.get("value").get(1).asText()))
                    .as(each)
                    .isFinite());
        }
        Set<String> selectors = new TreeSet<>();
        Matcher matcher = SELECTOR.matcher(Files.readString(DEPLOY.resolve("prometheus/rules.yml")));
        while (matcher.find()) {
            selectors.add(matcher.group());
        }
        assertThat(selectors).hasSizeGreaterThan(8);
        for (String selector : selectors) {
            assertThat(query(selector)).as(selector).isNotEmpty();
        }
        assertThat(query("ALERTS{alertstate=\"firing\", severity!=\"info\"}")).isEmpty();

        scorer.pipelines().find("stopping").orElseThrow().close();
        await().atMost(PATIENCE)
                .until(() -> !query("ALERTS{alertname=\"SurprisalNotScoring\", pipeline=\"stopping\"}")
                        .isEmpty());
        assertThat(query("ALERTS{alertname=\"SurprisalNotScoring\", pipeline=\"living\"}"))
                .isEmpty();

        scorer.close();
        scorer = null;
        await().atMost(PATIENCE)
                .until(() -> !query("ALERTS{alertname=\"SurprisalDown\"}").isEmpty());
    }

    private void feed() throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (String topic : List.of("living", "stopping")) {
            for (int i = 0; i < 100; i++) {
                String value = i == 0 ? "x" : "{\"amount\": " + (i == 1 ? 500 : 40 + i % 20) + ", \"country\": \"DE\"}";
                records.add(new ProducerRecord<>(topic, value.getBytes(UTF_8)));
            }
        }
        broker.send(records);
    }

    private static List<String> boardQueries() throws IOException {
        List<String> queries = new ArrayList<>();
        for (JsonNode panel :
                JSON.readTree(DEPLOY.resolve("grafana/surprisal.json").toFile()).get("panels")) {
            for (JsonNode target : panel.get("targets")) {
                queries.add(
                        target.get("expr").asText().replace("$pipeline", ".*").replace("$__rate_interval", "1m"));
            }
        }
        assertThat(queries).hasSizeGreaterThan(12);
        return queries;
    }

    private JsonNode query(String expression) throws Exception {
        URI uri =
                URI.create("http://127.0.0.1:" + port + "/api/v1/query?query=" + URLEncoder.encode(expression, UTF_8));
        HttpResponse<String> response =
                http.send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
        JsonNode answer = JSON.readTree(response.body());
        assertThat(answer.get("status").asText()).as(response.body()).isEqualTo("success");
        return answer.get("data").get("result");
    }
}
