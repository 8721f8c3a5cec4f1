package dev.surprisal.scorer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.model.ModelException;
import dev.surprisal.scorer.fixture.TestBroker;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models on a real topic, in pieces. */
class ModelTopicIT {

    @Test
    void modelsTravelInPiecesAreKeptAWhileAndCheckedOnArrival(@TempDir Path folder) throws Exception {
        try (TestBroker broker = TestBroker.start(folder)) {
            Map<String, String> kafka = Map.of("bootstrap.servers", broker.address());
            ModelRegistry registry =
                    new ModelRegistry(kafka, Clock.fixed(Instant.EPOCH.plusSeconds(1), ZoneOffset.UTC));
            assertThat(registry.deployments()).isEmpty();
            byte[] large = bytes(2 * ModelTopic.CHUNK_BYTES + 7);
            byte[] signature = {1, 2, 3};

            // Given
            Deployment first = registry.publish("m", "1", large, signature, false);
            registry.publish("other", "1", bytes(5), null, false);

            // Then
            try (ModelTopicReader reader = new ModelTopicReader(kafka)) {
                reader.catchUp();
                assertThat(reader.deployment("m")).isEqualTo(first);
                ModelTopicReader.File file = reader.fetch("m", first.serving());
                assertThat(file.bytes()).isEqualTo(large);
                assertThat(file.signature()).isEqualTo(signature);
                assertThat(reader.fetch("other", reader.deployment("other").serving())
                                .signature())
                        .isNull();
            }

            // When
            for (int i = 2; i <= Deployment.KEPT + 2; i++) {
                registry.publish("m", Integer.toString(i), bytes(100 + i), null, false);
            }

            // Then
            Deployment last = registry.deployments().get("m");
            assertThat(registry.deployments()).containsOnlyKeys("m", "other");
            try (ModelTopicReader reader = new ModelTopicReader(kafka)) {
                reader.catchUp();
                assertThat(reader.files("m")).containsExactlyInAnyOrderElementsOf(last.files());
                assertThatThrownBy(() -> reader.fetch("m", first.serving()))
                        .isInstanceOf(ModelException.class)
                        .hasMessage("surprisal.models m 1: piece 1 of 3 is missing");
            }

            // When
            byte[] key = new ModelTopic.Chunk("m", last.serving().sha256(), 0).key();
            broker.send(List.of(new ProducerRecord<>(ModelTopic.NAME, 0, key, new byte[107])));

            // Then
            try (ModelTopicReader reader = new ModelTopicReader(kafka)) {
                reader.catchUp();
                assertThatThrownBy(() -> reader.fetch("m", last.serving()))
                        .isInstanceOf(ModelException.class)
                        .hasMessageContaining("its bytes have the SHA-256");
            }
        }
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count + 1).nextBytes(bytes);
        return bytes;
    }
}
