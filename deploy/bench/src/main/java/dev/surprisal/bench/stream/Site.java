package dev.surprisal.bench.stream;

import dev.surprisal.quickstart.EmbeddedBroker;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Topics;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Where the measurements take place: a broker in this process with a topic of records. */
final class Site implements AutoCloseable {

    static final int PARTITIONS = 4;

    private final EmbeddedBroker broker;
    private final Admin admin;
    private final Map<String, String> kafka;

    Site(Path folder) {
        this(folder, Map.of());
    }

    /** @param kafka properties of the clients of all that is measured */
    Site(Path folder, Map<String, String> kafka) {
        broker = EmbeddedBroker.start(folder);
        this.kafka = kafka;
        admin = Admin.create(connection());
    }

    Map<String, Object> connection() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    /** The connection and the properties of what is measured. */
    Map<String, String> measured() {
        Map<String, String> all = new HashMap<>(kafka);
        all.put("bootstrap.servers", broker.bootstrapServers());
        return all;
    }

    /** Creates an empty topic of records. */
    void create(String topic) {
        get(() -> admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                .all()
                .get());
    }

    /** Deletes what was written about a topic of records, and waits until it is gone. */
    void deleteOutputs(String topic) {
        Topics topics = new Topics(topic);
        List<String> outputs = List.of(topics.scores(), topics.anomalies(), topics.deadLetters());
        get(() -> {
            try {
                admin.deleteTopics(outputs).all().get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
            while (admin.listTopics().names().get().stream().anyMatch(outputs::contains)) {
                Thread.sleep(20);
            }
            return null;
        });
    }

    /** How many committed records a topic has, with the marks of transactions among them, one in hundreds; 0 where there is no such topic yet. */
    long committed(String topic) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        partitions(topic).forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        return get(() -> {
            try {
                return admin
                        .listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                        .all()
                        .get()
                        .values()
                        .stream()
                        .mapToLong(ListOffsetsResultInfo::offset)
                        .sum();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                    return 0L;
                }
                throw e;
            }
        });
    }

    /** A producer that sends what it is given at once, or in large batches. */
    KafkaProducer<byte[], byte[]> producer(boolean atOnce) {
        Map<String, Object> properties = new HashMap<>(connection());
        properties.put("linger.ms", atOnce ? "0" : "20");
        properties.put("batch.size", atOnce ? "16384" : "262144");
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A consumer of committed records without a group. */
    KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> properties = new HashMap<>(connection());
        properties.put("isolation.level", "read_committed");
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static List<TopicPartition> partitions(String topic) {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    private static <T> T get(Question<T> question) {
        try {
            return question.ask();
        } catch (ExecutionException e) {
            throw new SurprisalException("the broker refuses: " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SurprisalException("interrupted", e);
        }
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask() throws ExecutionException, InterruptedException;
    }

    @Override
    public void close() {
        admin.close();
        broker.close();
    }
}
