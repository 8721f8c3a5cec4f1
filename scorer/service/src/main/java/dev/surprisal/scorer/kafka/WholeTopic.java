package dev.surprisal.scorer.kafka;

import dev.surprisal.schemas.SurprisalException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** A topic that is read once, from its beginning to where it ends now. */
public final class WholeTopic {

    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

    private WholeTopic() {}

    /**
     * Takes all that stands on the topic, in the order of each partition; nothing if there is no such topic.
     *
     * @param kafka properties of the connection
     * @throws SurprisalException if Kafka refuses or does not answer
     */
    public static void read(Map<String, String> kafka, String topic, Consumer<ConsumerRecord<byte[], byte[]>> into) {
        if (!KafkaAdmin.with(kafka, admin -> admin.topics().contains(topic))) {
            return;
        }
        try (KafkaConsumer<byte[], byte[]> consumer = LoneConsumer.open(kafka)) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long last = System.nanoTime();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                var records = consumer.poll(Duration.ofMillis(200));
                records.forEach(into);
                if (!records.isEmpty()) {
                    last = System.nanoTime();
                } else if (System.nanoTime() - last > PATIENCE_NANOS) {
                    throw new SurprisalException("the topic '" + topic + "' cannot be read to its end");
                }
            }
        } catch (KafkaException e) {
            throw new SurprisalException("the topic '" + topic + "' cannot be read: " + e.getMessage(), e);
        }
    }

    /** The partitions of a topic. */
    public static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }
}
