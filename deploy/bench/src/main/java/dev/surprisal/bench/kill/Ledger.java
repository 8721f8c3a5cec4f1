package dev.surprisal.bench.kill;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.schemas.SurprisalException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What became of each numbered record, as a consumer of committed records sees it. Filled by a thread of its own. */
final class Ledger implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration WAIT = Duration.ofMillis(100);

    private final String scores;
    private final String deadLetters;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread reader = new Thread(this::read, "ledger");
    private final ObjectMapper json = new ObjectMapper();

    private final Map<Integer, Integer> ends = new HashMap<>();
    private final Map<Integer, Double> scoresByNumber = new HashMap<>();
    private final Map<Integer, String> versionsByNumber = new HashMap<>();
    private final Map<Integer, TreeMap<Long, String>> versionsInOrder = new TreeMap<>();
    private final Map<Integer, Long> newestByPartition = new TreeMap<>();
    private volatile boolean closing;
    private volatile RuntimeException failure;

    /**
     * Waits for the topics to be there, and begins to read.
     *
     * @param records the topic of records, or what its output topics are named after
     */
    Ledger(String bootstrapServers, String records) throws InterruptedException {
        scores = records + ".scores";
        deadLetters = records + ".dead-letters";
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : List.of(scores, deadLetters)) {
            partitions.addAll(await(topic));
        }
        consumer.assign(partitions);
        reader.setDaemon(true);
        reader.start();
    }

    private List<TopicPartition> await(String topic) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            List<PartitionInfo> infos = consumer.partitionsFor(topic);
            if (!infos.isEmpty()) {
                return infos.stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
            }
            Thread.sleep(200);
        }
        throw new SurprisalException("the topic " + topic + " does not appear");
    }

    private void read() {
        try (consumer) {
            while (!closing) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(WAIT)) {
                    take(record);
                }
            }
        } catch (IOException e) {
            failure = new UncheckedIOException(e);
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private synchronized void take(ConsumerRecord<byte[], byte[]> record) throws IOException {
        int number = Integer.parseInt(new String(record.key(), StandardCharsets.UTF_8));
        ends.merge(number, 1, Integer::sum);
        if (record.topic().equals(scores)) {
            JsonNode event = json.readTree(record.value());
            String version = event.get("model_version").asText();
            scoresByNumber.put(number, event.get("score").asDouble());
            versionsByNumber.put(number, version);
            int partition = event.get("partition").asInt();
            versionsInOrder
                    .computeIfAbsent(partition, none -> new TreeMap<>())
                    .put(event.get("offset").asLong(), version);
            newestByPartition.merge(partition, record.timestamp(), Math::max);
        }
    }

    /** How many records have come to an end, doubles not counted. */
    synchronized int ended() {
        if (failure != null) {
            throw failure;
        }
        return ends.size();
    }

    /** When the newest record that has a score was sent, by partition; milliseconds since 1970-01-01T00:00Z. */
    synchronized Map<Integer, Long> newest() {
        return Map.copyOf(newestByPartition);
    }

    /** How many of the records with numbers below the given one have no end. */
    synchronized int missing(int sent) {
        int missing = 0;
        for (int number = 0; number < sent; number++) {
            missing += ends.containsKey(number) ? 0 : 1;
        }
        return missing;
    }

    /** How many ends there are too many. */
    synchronized int doubled() {
        return ends.values().stream().mapToInt(times -> times - 1).sum();
    }

    /** How many records that are no JSON have a score, or that are have none. */
    synchronized int wrong() {
        return (int) ends.keySet().stream()
                .filter(number -> NumberedRecords.isBad(number) == scoresByNumber.containsKey(number))
                .count();
    }

    /** How many scores of a version are not, bit for bit, those that another ledger has. */
    synchronized int different(String version, Ledger undisturbed) {
        Map<Integer, Double> expected = undisturbed.scores();
        return (int) versionsByNumber.entrySet().stream()
                .filter(entry -> entry.getValue().equals(version))
                .filter(entry -> !scoresByNumber.get(entry.getKey()).equals(expected.get(entry.getKey())))
                .count();
    }

    private synchronized Map<Integer, Double> scores() {
        return Map.copyOf(scoresByNumber);
    }

    /** How many records have a score by each version. */
    synchronized Map<String, Long> versions() {
        Map<String, Long> counts = new TreeMap<>();
        versionsByNumber.values().forEach(version -> counts.merge(version, 1L, Long::sum));
        return counts;
    }

    /** How often, in the order of a partition's records, an earlier version comes after a later one. */
    synchronized int backwards(List<String> order) {
        int backwards = 0;
        for (TreeMap<Long, String> versions : versionsInOrder.values()) {
            int newest = 0;
            for (String version : versions.values()) {
                int at = order.indexOf(version);
                backwards += at < newest ? 1 : 0;
                newest = Math.max(newest, at);
            }
        }
        return backwards;
    }

    /** Waits until as many records have come to an end as were sent, or none does for a minute and a half. */
    void await(int sent) throws InterruptedException {
        int last = -1;
        long changed = System.nanoTime();
        while (ended() < sent && System.nanoTime() - changed < 90_000_000_000L) {
            int now = ended();
            if (now != last) {
                last = now;
                changed = System.nanoTime();
            }
            Thread.sleep(100);
        }
        // For doubles that may still come.
        Thread.sleep(3_000);
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        reader.join();
    }
}
