package dev.surprisal.scorer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.engine.AlarmMemory;
import dev.surprisal.engine.Verdict;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Pipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an alarm rule remembers survives the process that remembered it, to the record. */
class AlarmMemoryIT {

    private static final String RULE = "fdr 50%";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int RECORDS = 1_500;
    private static final int ROUNDS = 3;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    void restartsChangeNoFlag() throws Exception {
        try (TestBroker broker = TestBroker.start(folder)) {
            // Given
            broker.create("payments", 1 << 20);
            Pipeline pipeline = new Pipeline(
                    "payments",
                    "payments",
                    TinyModel.write(folder.resolve("tiny.onnx"), 100_000),
                    AlarmRule.parse(RULE),
                    Delivery.EXACTLY_ONCE,
                    1,
                    1 << 20,
                    Map.of("bootstrap.servers", broker.address()));
            Topics topics = new Topics("payments");
            Random random = new Random(12);

            // When
            for (int round = 1; round <= ROUNDS; round++) {
                try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline))) {
                    assertThat(scorer.awaitReady(PATIENCE)).isTrue();
                    broker.send(records(random));
                    // The last round ends by itself, those before in the middle of their work.
                    int enough = round == ROUNDS ? ROUNDS * RECORDS : (round - 1) * RECORDS + 1;
                    broker.read(topics.scores(), read -> read.size() >= enough);
                }
            }

            // Then
            List<ConsumerRecord<byte[], byte[]>> scores =
                    broker.read(topics.scores(), read -> read.size() >= ROUNDS * RECORDS);
            assertThat(scores).hasSize(ROUNDS * RECORDS);
            assertThat(flags(scores)).isEqualTo(replayed(scores)).isGreaterThan(20);
        }
    }

    /** Every tenth is improbable, the more so the rarer. */
    private static List<ProducerRecord<byte[], byte[]>> records(Random random) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            // The tiny model's scores are half the squared deviations; those of its calibration lie evenly below 10.
            double score = i % 10 == 0 ? 10 - Math.pow(10, -1 - 4 * random.nextDouble()) : 1;
            String value = String.format(
                    Locale.ROOT,
                    "{\"amount\": %.6f, \"age\": 30, \"country\": \"DE\"}",
                    50 + 10 * Math.sqrt(2 * (score - 0.125)));
            records.add(new ProducerRecord<>("payments", Integer.toString(i).getBytes(UTF_8), value.getBytes(UTF_8)));
        }
        return records;
    }

    private static long flags(List<ConsumerRecord<byte[], byte[]>> scores) throws IOException {
        long flags = 0;
        for (ConsumerRecord<byte[], byte[]> score : scores) {
            flags += JSON.readTree(score.value()).get("anomaly").asBoolean() ? 1 : 0;
        }
        return flags;
    }

    /** The flags of memories that are never interrupted, each of which must be that on the topic. */
    private static long replayed(List<ConsumerRecord<byte[], byte[]>> scores) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> score : scores) {
            events.add(JSON.readTree(score.value()));
        }
        events.sort(Comparator.comparingInt(
                        (JsonNode event) -> event.get("partition").asInt())
                .thenComparingLong(event -> event.get("offset").asLong()));
        AlarmRule rule = AlarmRule.parse(RULE);
        AlarmMemory memory = null;
        int partition = -1;
        long flags = 0;
        for (JsonNode event : events) {
            if (event.get("partition").asInt() != partition) {
                partition = event.get("partition").asInt();
                memory = AlarmMemory.of(rule, 1);
            }
            double pValue = event.get("p_value").asDouble();
            boolean candidate = pValue <= AlarmRule.MOST_LOOKING_BACK.value();
            boolean flagged = memory.decide(new Verdict(0, pValue, candidate, 0, 0, 0, List.of(), false), 0)
                    .anomaly();
            assertThat(event.get("anomaly").asBoolean())
                    .as("partition %d offset %s", partition, event.get("offset"))
                    .isEqualTo(flagged);
            flags += flagged ? 1 : 0;
        }
        return flags;
    }
}
