package dev.surprisal.scorer.validation;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import dev.surprisal.scorer.kafka.LoneConsumer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** The last records of topics, a few of each partition. */
final class LatestRecords {

    private static final int EACH = 10;
    private static final int MOST = 100;
    private static final Duration WAIT = Duration.ofMillis(200);
    private static final int LOOKS = 25;

    private LatestRecords() {}

    /**
     * Reads them, as one who belongs to no group.
     *
     * @throws SurprisalException if they cannot be read
     */
    static List<byte[]> read(Map<String, String> kafka, List<String> topics) {
        try (KafkaConsumer<byte[], byte[]> consumer = LoneConsumer.open(kafka)) {
            List<TopicPartition> partitions = topics.stream()
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            partitions.forEach(
                    partition -> consumer.seek(partition, Math.max(begins.get(partition), ends.get(partition) - EACH)));
            List<byte[]> records = new ArrayList<>();
            for (int look = 0; look < LOOKS && records.size() < MOST && !isAt(consumer, ends); look++) {
                consumer.poll(WAIT).forEach(record -> records.add(record.value()));
            }
            return records.subList(0, Math.min(MOST, records.size()));
        } catch (KafkaException e) {
            throw new SurprisalException("records cannot be read: " + KafkaAdmin.reason(e), e);
        }
    }

    private static boolean isAt(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }
}
