package dev.surprisal.scorer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.model.ModelSource;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Emission;
import dev.surprisal.scorer.stream.Pipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A pipeline that reads all topics of a pattern, of which some are created while it scores. */
class TopicPatternIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MEBIBYTE = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private TestBroker broker;

    @BeforeEach
    void startBroker() throws IOException {
        broker = TestBroker.start(folder);
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "fdr 10%")
    void aTopicThatIsCreatedLaterIsScoredToo(String rule) throws Exception {
        broker.create("shop.north", MEBIBYTE);
        broker.create("shop.north.scores", MEBIBYTE);
        broker.send(records("shop.north", 100));
        broker.send(records("shop.north.scores", 10));
        Pipeline pipeline = new Pipeline(
                "shops",
                null,
                "shop\\..*",
                ModelSource.file(TinyModel.write(folder.resolve("tiny.onnx"))),
                rule == null ? null : AlarmRule.parse(rule),
                Delivery.EXACTLY_ONCE,
                1,
                MEBIBYTE,
                null,
                Map.of("bootstrap.servers", broker.address(), "metadata.max.age.ms", "1000"),
                Emission.ALL);

        try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline))) {
            assertThat(scorer.awaitReady(PATIENCE)).isTrue();
            scores(100);
            broker.create("shop.south", MEBIBYTE, 5);
            broker.send(records("shop.south", 200));

            List<String> scored = scores(300);

            assertThat(scored).hasSize(300).doesNotHaveDuplicates();
            assertThat(scored.stream().filter(each -> each.startsWith("shop.south ")))
                    .hasSize(200);
            assertThat(scorer.pipelines().areAlive()).isTrue();
        }
    }

    /** Topic, partition and offset of each scored record, once there are so many or nothing more comes. */
    private List<String> scores(int enough) throws Exception {
        List<String> scored = new ArrayList<>();
        long end = System.nanoTime() + PATIENCE.toNanos();
        do {
            scored.clear();
            for (ConsumerRecord<byte[], byte[]> score :
                    broker.read(new Topics("shops").scores(), read -> read.size() >= enough)) {
                JsonNode event = JSON.readTree(score.value());
                scored.add(event.get("topic").asText() + " " + event.get("partition") + " " + event.get("offset"));
            }
        } while (scored.size() < enough && System.nanoTime() < end);
        return scored;
    }

    private static List<ProducerRecord<byte[], byte[]>> records(String topic, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new ProducerRecord<>(
                        topic,
                        ("key " + i).getBytes(UTF_8),
                        "{\"amount\": 50, \"age\": 30, \"country\": \"DE\"}".getBytes(UTF_8)))
                .toList();
    }
}
