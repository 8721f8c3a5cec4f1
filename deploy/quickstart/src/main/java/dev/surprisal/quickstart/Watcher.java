package dev.surprisal.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.surprisal.schemas.event.DeadLetterHeaders;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.trainer.evaluation.Evaluation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads what the scorer writes, as any consumer would, beside the truth about it. */
final class Watcher implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration POLL = Duration.ofMillis(50);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Topics topics;
    private final Ledger ledger;
    private final FlagPrinter flags;
    private final Evaluation evaluation;
    private final Map<String, Long> deadLetters = new TreeMap<>();
    private final Thread thread;
    private long[] latencyNanos = new long[1 << 12];
    private int latencies;
    private long scores;
    private long letters;
    private volatile boolean closed;
    private volatile RuntimeException failure;

    Watcher(String bootstrapServers, Topics topics, Ledger ledger, FlagPrinter flags, Evaluation evaluation) {
        this.topics = topics;
        this.ledger = ledger;
        this.flags = flags;
        this.evaluation = evaluation;
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "group.id", "demo-watcher",
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest",
                        "enable.auto.commit", "false",
                        "fetch.max.wait.ms", "10",
                        "max.poll.records", "5000"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        thread = new Thread(this::watch, "watcher");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void watch() {
        try {
            consumer.subscribe(List.of(topics.scores(), topics.anomalies(), topics.deadLetters()));
            while (!closed) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    take(record);
                }
            }
        } catch (WakeupException e) {
            if (!closed) {
                failure = e;
            }
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            consumer.close();
        }
    }

    private synchronized void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.topic().equals(topics.deadLetters())) {
            letters++;
            Headers headers = record.headers();
            await(source(headers));
            deadLetters.merge(
                    text(headers, DeadLetterHeaders.STEP) + ": " + text(headers, DeadLetterHeaders.REASON),
                    1L,
                    Long::sum);
            evaluation.addUnscored();
            return;
        }
        JsonNode event = parse(record.value());
        if (record.topic().equals(topics.anomalies())) {
            flags.print(event);
            return;
        }
        scores++;
        Source source = new Source(
                new TopicPartition(topics.records(), event.get("partition").asInt()),
                event.get("offset").asLong());
        Ledger.Entry entry = await(source);
        if (entry.timed()) {
            if (latencies == latencyNanos.length) {
                latencyNanos = Arrays.copyOf(latencyNanos, 2 * latencies);
            }
            latencyNanos[latencies++] = System.nanoTime() - entry.sentNanos();
        }
        evaluation.add(event.get("score").asDouble(), event.get("anomaly").asBoolean(), entry.label());
    }

    /** A score can be here before the broker's answer has reached the sender. */
    private Ledger.Entry await(Source source) {
        Ledger.Entry entry;
        while ((entry = ledger.take(source.partition, source.offset)) == null) {
            if (closed) {
                throw new WakeupException();
            }
            Thread.onSpinWait();
        }
        return entry;
    }

    private record Source(TopicPartition partition, long offset) {}

    private Source source(Headers headers) {
        return new Source(
                new TopicPartition(topics.records(), Integer.parseInt(text(headers, DeadLetterHeaders.PARTITION))),
                Long.parseLong(text(headers, DeadLetterHeaders.OFFSET)));
    }

    private static String text(Headers headers, String key) {
        return new String(headers.lastHeader(key).value(), StandardCharsets.UTF_8);
    }

    private static JsonNode parse(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many records have come out: as scores or as dead letters. */
    synchronized long seen() {
        if (failure != null) {
            throw failure;
        }
        return scores + letters;
    }

    synchronized long scores() {
        return scores;
    }

    /** How many dead letters there are for each reason. */
    synchronized Map<String, Long> deadLetters() {
        return new TreeMap<>(deadLetters);
    }

    /** The time from sending a record to reading its score, at a quantile of those that were timed, in milliseconds. */
    synchronized double latencyMillis(double quantile) {
        if (latencies == 0) {
            return Double.NaN;
        }
        long[] sorted = Arrays.copyOf(latencyNanos, latencies);
        Arrays.sort(sorted);
        return sorted[(int) Math.min(latencies - 1L, (long) (quantile * latencies))] / 1e6;
    }

    /** Calls the evaluation while nothing is added to it. */
    synchronized <T> T evaluate(Function<Evaluation, T> question) {
        return question.apply(evaluation);
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        consumer.wakeup();
        thread.join(5_000);
    }
}
