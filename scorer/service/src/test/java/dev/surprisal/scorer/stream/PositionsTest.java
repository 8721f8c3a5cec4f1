package dev.surprisal.scorer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PositionsTest {

    private final Positions positions = new Positions();

    @Test
    void goesOnWhereItWasLeftAndNowhereElse() {
        assertThat(positions.goesOn(polled(0, 7, 8))).as("a new partition").isFalse();
        assertThat(positions.goesOn(polled(0, 8, 12))).as("the same").isTrue();
        assertThat(positions.goesOn(polled(1, 0, 3))).as("another new one").isFalse();
        assertThat(positions.goesOn(polled(0, 12, 13))).as("the first again").isTrue();
        assertThat(positions.goesOn(polled(0, 20, 21)))
                .as("somebody else went on in between")
                .isFalse();
        assertThat(positions.goesOn(ConsumerRecords.empty())).isTrue();
    }

    private static ConsumerRecords<byte[], byte[]> polled(int partition, long offset, long next) {
        TopicPartition where = new TopicPartition("t", partition);
        return new ConsumerRecords<>(
                Map.of(where, List.of(new ConsumerRecord<>("t", partition, offset, new byte[0], new byte[0]))),
                Map.of(where, new OffsetAndMetadata(next)));
    }
}
