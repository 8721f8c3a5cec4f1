package dev.surprisal.scorer.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.surprisal.scorer.access.Access;
import dev.surprisal.scorer.access.ApiToken;
import dev.surprisal.scorer.access.ApiTokens;
import dev.surprisal.scorer.access.Scope;
import dev.surprisal.scorer.cli.Scorer;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.incident.IncidentGap;
import dev.surprisal.scorer.model.ModelRegistry;
import dev.surprisal.scorer.model.ModelSource;
import dev.surprisal.scorer.silence.SilenceRate;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.DriftOptions;
import dev.surprisal.scorer.stream.Emission;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.Watches;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard in a real browser. The steps are in {@code src/test/browser}; they ask this to feed, stop and start the scorer. */
class DashboardIT {

    private static final Path STEPS = Path.of("src", "test", "browser");
    private static final String FLAGGED = "{\"amount\": 500, \"age\": 30, \"country\": \"FR\"}";
    private static final int MINUTES = 5;
    private static final long SLICE_MILLIS = 100;

    @TempDir
    private Path folder;

    private TestBroker broker;
    private ModelRegistry registry;
    private Pipeline pipeline;
    private Scorer scorer;
    private int port;
    private int sent;
    private Path chromium;

    @BeforeEach
    void start() throws Exception {
        chromium = find("chromium", "chromium-browser", "google-chrome");
        assumeTrue(
                chromium != null && find("node") != null,
                "skipped: the dashboard is not tested, since there is no Chromium or no Node.js on the PATH");
        assumeTrue(
                Files.isDirectory(STEPS.resolve("node_modules")),
                "skipped: the dashboard is not tested; `npm ci --prefix scorer/service/src/test/browser` fetches what drives the browser");
        broker = TestBroker.start(folder);
        broker.create("payments", 1 << 20);
        registry = new ModelRegistry(Map.of("bootstrap.servers", broker.address()), Clock.systemUTC());
        publish(TinyModel.VERSION, false);
        pipeline = new Pipeline(
                "payments",
                "payments",
                null,
                new ModelSource(null, null, TinyModel.NAME, null),
                null,
                Delivery.EXACTLY_ONCE,
                1,
                1 << 20,
                null,
                Map.of("bootstrap.servers", broker.address()),
                Emission.ALL,
                // Full after the first records, a tenth of which is unlike training.
                new Watches(IncidentGap.USUAL, new DriftOptions(400), SilenceRate.USUAL));
        startScorer();
    }

    @AfterEach
    void stop() {
        if (scorer != null) {
            scorer.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void showsWhatHappensAndComesBack() throws Exception {
        browse("dashboard.test.mjs", Map.of());
    }

    @Test
    void asksWhoItIs() throws Exception {
        scorer.close();
        String token = ApiToken.random(new SecureRandom());
        Path tokens = Files.writeString(
                folder.resolve("tokens.txt"),
                ApiToken.of("ada", Scope.READ, token).line());
        scorer = Scorer.start(
                new Access("127.0.0.1", port, ApiTokens.read(tokens), null, false, Access.USUAL_REQUESTS_PER_SECOND),
                List.of(pipeline));
        assertThat(scorer.awaitReady(Duration.ofSeconds(20))).isTrue();
        browse("login.test.mjs", Map.of("TOKEN", token));
    }

    private void browse(String steps, Map<String, String> environment) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder("node", steps).directory(STEPS.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().put("DASHBOARD", scorer.uri().toString());
        builder.environment().put("CHROMIUM", chromium.toString());
        builder.environment().put("LOAD_SECONDS", System.getProperty("dashboard.load.seconds", "5"));
        String pictures = System.getProperty("dashboard.pictures");
        if (pictures != null) {
            builder.environment().put("PICTURES", pictures);
        }
        Process browser = builder.start();
        List<String> said = new ArrayList<>();
        try (BufferedReader out = browser.inputReader(UTF_8);
                PrintWriter in = new PrintWriter(browser.outputWriter(UTF_8), true)) {
            String line;
            while ((line = out.readLine()) != null) {
                said.add(line);
                System.out.println("browser: " + line);
                if (line.startsWith("ask ")) {
                    in.println(answer(line.substring(4).split(" ", -1)));
                }
            }
            assertThat(browser.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
        } finally {
            browser.destroyForcibly();
        }
        assertThat(String.join("\n", said)).endsWith("all ok");
        assertThat(browser.exitValue()).isZero();
    }

    private String answer(String... asked) {
        try {
            switch (asked[0]) {
                case "send" -> send(Integer.parseInt(asked[1]));
                case "flags" -> sendFlags(Integer.parseInt(asked[1]), Integer.parseInt(asked[2]));
                case "stop" -> {
                    scorer.close();
                    scorer = null;
                }
                case "start" -> startScorer();
                case "instance" -> tellOf(asked[1]);
                case "shadow" -> publish(asked[1], true);
                default -> throw new IllegalArgumentException(asked[0]);
            }
            return "done";
        } catch (Exception e) {
            return e.toString();
        }
    }

    private void publish(String version, boolean asShadow) {
        registry.publish(TinyModel.NAME, version, TinyModel.version(version), null, asShadow);
    }

    /** As if another instance had said once that it scores. */
    private void tellOf(String instance) throws Exception {
        long now = System.currentTimeMillis();
        String summary = "{\"pipeline\":\"payments\",\"instance\":\"" + instance + "\",\"started\":" + now
                + ",\"time\":" + now + ",\"state\":\"RUNNING\",\"scoring\":true,\"partitions\":[],\"ages\":[]}";
        broker.send(List.of(new ProducerRecord<>(
                "surprisal.instances", ("payments@" + instance).getBytes(UTF_8), summary.getBytes(UTF_8))));
    }

    private void startScorer() throws InterruptedException {
        scorer = Scorer.start("127.0.0.1", port, List.of(pipeline));
        port = scorer.uri().getPort();
        assertThat(scorer.awaitReady(Duration.ofSeconds(20))).isTrue();
    }

    /** One in ten is flagged, one in a hundred is not JSON. */
    private void send(int records) throws Exception {
        List<ProducerRecord<byte[], byte[]>> batch = new ArrayList<>();
        for (int end = sent + records; sent < end; sent++) {
            int amount = 40 + sent * 7 % 21;
            String value = sent % 100 == 99
                    ? "not JSON " + sent % 200
                    : sent % 10 == 3
                            ? FLAGGED
                            : "{\"amount\": " + amount + ", \"age\": " + (25 + sent % 11) + ", \"country\": \"DE\"}";
            batch.add(record(sent / 10 % 10, value));
        }
        broker.send(batch);
    }

    private void sendFlags(int flags, int perSecond) throws Exception {
        int slice = (int) Math.max(1, perSecond * SLICE_MILLIS / 1_000);
        for (int from = 0; from < flags; from += slice) {
            List<ProducerRecord<byte[], byte[]>> batch = new ArrayList<>();
            for (int i = from; i < Math.min(flags, from + slice); i++) {
                batch.add(record(i % 10, FLAGGED));
            }
            broker.send(batch);
            Thread.sleep(SLICE_MILLIS);
        }
    }

    private static ProducerRecord<byte[], byte[]> record(int card, String value) {
        return new ProducerRecord<>("payments", ("card " + card).getBytes(UTF_8), value.getBytes(UTF_8));
    }

    private static Path find(String... programs) {
        return Stream.of(programs)
                .flatMap(program -> Pattern.compile(":")
                        .splitAsStream(System.getenv("PATH"))
                        .map(each -> Path.of(each, program)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }
}
