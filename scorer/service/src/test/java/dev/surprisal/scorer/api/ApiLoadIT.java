package dev.surprisal.scorer.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.scorer.access.Access;
import dev.surprisal.scorer.access.ApiTokens;
import dev.surprisal.scorer.cli.Scorer;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Pipeline;
import java.lang.management.ManagementFactory;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The HTTP API beside a stream that runs, while a thousand ask at once for ten seconds, many of them wrongly. */
class ApiLoadIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String API = "/api/v1/pipelines/payments";
    private static final String GOOD = "{\"amount\": 50, \"age\": 30, \"country\": \"DE\"}";
    private static final int CLIENTS = 1_000;
    private static final long LOAD_SECONDS = 10;
    private static final long SLICE_MILLIS = 100;
    private static final int RECORDS_A_SLICE = 100;
    /** Beyond those before the load, of server and clients together. */
    private static final int MORE_THREADS = 64;

    /** What nobody outside should see: stack traces, and names of classes. */
    private static final Pattern INSIDE = Pattern.compile(
            "\\tat |Exception|dev\\.surprisal|java\\.(lang|util|io)|io\\.(micronaut|netty)|org\\.apache");

    @TempDir
    private Path folder;

    private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private volatile boolean loading = true;

    /**
     * A kind of request.
     *
     * @param expected the status, where the scorer has room for it
     */
    private record Kind(String name, int share, int expected, HttpRequest request) {}

    @Test
    void answersAsDocumentedAndTheStreamGoesOn() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (TestBroker broker = TestBroker.start(folder);
                Scorer scorer = scorer(broker)) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            HttpClient http = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .executor(threads)
                    .build();
            List<Kind> kinds = kinds(scorer);
            // One of each before, so that all threads that there always are have begun.
            for (Kind kind : kinds) {
                check(kind, http.send(kind.request, BodyHandlers.ofString()));
            }
            assertThat(answers.keySet()).as("without load").noneMatch(answer -> answer.endsWith(" 503"));
            int before = ManagementFactory.getThreadMXBean().getThreadCount();

            CompletableFuture<?> asking = CompletableFuture.allOf(IntStream.range(0, CLIENTS)
                    .mapToObj(client -> ask(http, threads, kinds, new Random(client)))
                    .toArray(CompletableFuture[]::new));
            int sent = 0;
            int most = 0;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LOAD_SECONDS);
            while (System.nanoTime() < end) {
                broker.send(records(sent));
                sent += RECORDS_A_SLICE;
                most = Math.max(most, ManagementFactory.getThreadMXBean().getThreadCount());
                Thread.sleep(SLICE_MILLIS);
            }
            loading = false;
            asking.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            System.out.println(sent + " records beside " + new TreeMap<>(answers) + ", at most " + (most - before)
                    + " more threads");

            assertThat(complaints).isEmpty();
            assertThat(most).isLessThan(before + MORE_THREADS);
            for (Kind kind : kinds) {
                assertThat(answers).as(kind.name).containsKey(kind.name + " " + kind.expected);
            }
            everyRecordEndsOnce(broker, sent);
            answersAsBefore(scorer, http, kinds);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Without the limit of requests by address, which would turn most of them away. */
    private Scorer scorer(TestBroker broker) throws Exception {
        broker.create("payments", 1 << 20);
        Pipeline pipeline = new Pipeline(
                "payments",
                "payments",
                TinyModel.write(folder.resolve("tiny.onnx")),
                null,
                Delivery.EXACTLY_ONCE,
                1,
                1 << 20,
                Map.of("bootstrap.servers", broker.address()));
        return Scorer.start(new Access("127.0.0.1", 0, ApiTokens.NONE, null, false, 1_000_000), List.of(pipeline));
    }

    private static List<Kind> kinds(Scorer scorer) {
        String many = Stream.generate(() -> GOOD).limit(100).toList().toString();
        return List.of(
                new Kind("score one", 300, 200, post(scorer, "/score", GOOD)),
                new Kind("score many", 60, 200, post(scorer, "/score", many)),
                new Kind("flags", 150, 200, get(scorer, API + "/flags?limit=50")),
                new Kind("pipelines", 150, 200, get(scorer, "/api/v1/pipelines")),
                new Kind("reasons", 60, 200, get(scorer, API + "/dead-letters/reasons")),
                new Kind("unknown flag", 50, 404, get(scorer, API + "/flags/9-9")),
                new Kind("unknown pipeline", 50, 404, get(scorer, "/api/v1/pipelines/none")),
                new Kind("unknown replay", 30, 404, get(scorer, API + "/replays/none")),
                new Kind("wrong type", 50, 422, post(scorer, "/score", "{\"amount\": \"much\", \"country\": \"DE\"}")),
                new Kind("missing field", 50, 422, post(scorer, "/score", "{\"amount\": 1}")),
                new Kind("no array", 30, 400, post(scorer, "/score", "[" + GOOD)),
                new Kind("wrong limit", 30, 400, get(scorer, API + "/flags?limit=many")),
                new Kind("label of nothing", 30, 400, post(scorer, "/labels", "{\"verdict\": \"confirmed\"}")),
                new Kind("too large", 2, 413, post(scorer, "/score", " ".repeat((1 << 20) + 1))));
    }

    private static HttpRequest get(Scorer scorer, String path) {
        return HttpRequest.newBuilder(scorer.uri().resolve(path))
                .timeout(PATIENCE)
                .build();
    }

    private static HttpRequest post(Scorer scorer, String path, String body) {
        return HttpRequest.newBuilder(scorer.uri().resolve(API + path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    /** One client, which asks the next as soon as it has an answer. */
    private CompletableFuture<?> ask(HttpClient http, Executor threads, List<Kind> kinds, Random random) {
        if (!loading) {
            return CompletableFuture.completedFuture(null);
        }
        Kind kind = draw(kinds, random);
        return http.sendAsync(kind.request, BodyHandlers.ofString())
                .handle((response, failure) -> {
                    if (failure == null) {
                        check(kind, response);
                    } else {
                        complaints.add(kind.name + ": " + failure);
                    }
                    return kind;
                })
                .thenComposeAsync(asked -> ask(http, threads, kinds, random), threads);
    }

    private static Kind draw(List<Kind> kinds, Random random) {
        int at = random.nextInt(kinds.stream().mapToInt(Kind::share).sum());
        for (Kind kind : kinds) {
            at -= kind.share;
            if (at < 0) {
                return kind;
            }
        }
        throw new IllegalStateException("shares do not add up");
    }

    private void check(Kind kind, HttpResponse<String> response) {
        int status = response.statusCode();
        answers.computeIfAbsent(kind.name + " " + status, name -> new LongAdder())
                .increment();
        String problem = status == 200
                ? null
                : response.headers().firstValue("Content-Type").orElse("").startsWith("application/problem+json")
                        ? null
                        : "is no problem";
        if (status != kind.expected && status != 429 && status != 503) {
            problem = "is " + status;
        } else if (status == 503 && response.headers().firstValue("Retry-After").isEmpty()) {
            problem = "does not say when to ask again";
        } else if (INSIDE.matcher(response.body()).find()) {
            problem = "tells of the inside";
        }
        if (problem != null) {
            complaints.add("the answer to '" + kind.name + "' " + problem + ": " + response.body());
        }
    }

    private static List<ProducerRecord<byte[], byte[]>> records(int from) {
        return IntStream.range(from, from + RECORDS_A_SLICE)
                .mapToObj(i -> new ProducerRecord<>(
                        "payments", Integer.toString(i).getBytes(UTF_8), (i % 50 == 7 ? "x" : GOOD).getBytes(UTF_8)))
                .toList();
    }

    private static void everyRecordEndsOnce(TestBroker broker, int sent) {
        int letters = sent / 50;
        List<ConsumerRecord<byte[], byte[]>> ends = new ArrayList<>();
        ends.addAll(broker.read("payments.scores", read -> read.size() >= sent - letters, PATIENCE));
        ends.addAll(broker.read("payments.dead-letters", read -> read.size() >= letters, PATIENCE));
        assertThat(ends).hasSize(sent);
        assertThat(ends.stream().map(end -> new String(end.key(), UTF_8)).distinct())
                .hasSize(sent);
    }

    private void answersAsBefore(Scorer scorer, HttpClient http, List<Kind> kinds) throws Exception {
        for (Kind kind : kinds) {
            assertThat(http.send(kind.request, BodyHandlers.ofString()).statusCode())
                    .as(kind.name)
                    .isEqualTo(kind.expected);
        }
        assertThat(scorer.pipelines().areReady()).isTrue();
        JsonNode pipeline = JSON.readTree(
                http.send(get(scorer, API), BodyHandlers.ofString()).body());
        assertThat(pipeline.get("state").asText()).isEqualTo("RUNNING");
    }
}
