package dev.surprisal.scorer.stream;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Where a consumer's partitions were left: a partition that goes on elsewhere was somebody else's in between. */
final class Positions {

    private final Map<TopicPartition, Long> next = new HashMap<>();

    /** Whether every partition goes on where it was left; a new one does not. */
    boolean goesOn(ConsumerRecords<?, ?> polled) {
        boolean goesOn = true;
        for (TopicPartition partition : polled.partitions()) {
            Long left = next.get(partition);
            goesOn &= left != null && left == polled.records(partition).get(0).offset();
            OffsetAndMetadata position = polled.nextOffsets().get(partition);
            next.put(partition, position == null ? -1 : position.offset());
        }
        return goesOn;
    }
}
