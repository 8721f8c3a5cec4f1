package dev.surprisal.scorer.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Consumers that belong to no group: they commit nothing, and see only what is committed. */
public final class LoneConsumer {

    private LoneConsumer() {}

    /**
     * Opens one, without partitions yet.
     *
     * @param kafka properties of the connection
     * @throws dev.surprisal.schemas.SurprisalException if they cannot be right
     */
    public static KafkaConsumer<byte[], byte[]> open(Map<String, String> kafka) {
        return open(kafka, Map.of());
    }

    /**
     * The same, with properties of its own.
     *
     * @param own in place of what is usual here
     */
    public static KafkaConsumer<byte[], byte[]> open(Map<String, String> kafka, Map<String, String> own) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        properties.remove(ConsumerConfig.CLIENT_ID_CONFIG);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "10000");
        properties.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "4000");
        properties.putAll(own);
        try {
            return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException e) {
            throw KafkaAdmin.unusable("Kafka at " + kafka.get("bootstrap.servers"), e);
        }
    }
}
