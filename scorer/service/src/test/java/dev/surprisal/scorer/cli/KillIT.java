package dev.surprisal.scorer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.engine.Judge;
import dev.surprisal.engine.RowScorer;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.JsonRecordParser;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.scorer.fixture.ScorerProcess;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scorer killed as kill -9 does while it works: every record still gets one score or one dead letter. */
class KillIT {

    private static final int KILLS = 3;
    private static final int RECORDS_A_LIFE = 20_000;
    private static final int BAD = 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static TestBroker broker;
    private static Path model;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = TestBroker.start(folder);
        broker.create("payments", 1 << 20);
        model = TinyModel.write(folder.resolve("tiny.onnx"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void everyRecordEndsOnceHoweverOftenItsScorerIsKilled() throws Exception {
        // Given
        Random random = new Random(4);
        int sent = 0;

        // When
        for (int life = 0; life <= KILLS; life++) {
            try (ScorerProcess scorer = start()) {
                scorer.awaitSaid("Dashboard at ");
                send(sent, sent + RECORDS_A_LIFE / 2);
                int atLeast = (int) (0.8 * sent);
                assertThat(broker.read("payments.scores", read -> read.size() > atLeast))
                        .hasSizeGreaterThan(atLeast);
                send(sent + RECORDS_A_LIFE / 2, sent + RECORDS_A_LIFE);
                sent += RECORDS_A_LIFE;
                Thread.sleep(random.nextInt(200));
                if (life == KILLS) {
                    // Then
                    checkLedger(sent);
                }
            }
        }
    }

    private static ScorerProcess start() throws IOException {
        return ScorerProcess.start(List.of(
                "--topic",
                "payments",
                "--model",
                model.toString(),
                "--bootstrap-servers",
                broker.address(),
                "--instance",
                "one",
                "--port",
                "0"));
    }

    /** Every tenth is not JSON. */
    private static void send(int from, int to) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = from; i < to; i++) {
            records.add(
                    new ProducerRecord<>("payments", Integer.toString(i).getBytes(UTF_8), value(i).getBytes(UTF_8)));
        }
        broker.send(records);
    }

    private static String value(int i) {
        return i % BAD == 0 ? "bad" : "{\"amount\": " + (40 + i % 20) + ", \"country\": \"DE\"}";
    }

    /** The scores of the good values, by a model that nobody kills. */
    private static Map<String, Double> undisturbed() throws Exception {
        Map<String, Double> scores = new HashMap<>();
        try (ScoringModel opened = ScoringModel.open(model);
                RowScorer scorer = opened.newScorer(Judge.of(opened.card(), null), null)) {
            RecordEncoder encoder = opened.card().newEncoder();
            EncodedRow row = encoder.newRow();
            for (int i = 0; i < 20; i++) {
                if (i % BAD != 0) {
                    new JsonRecordParser(opened.card().spec(), encoder).parse(value(i).getBytes(UTF_8), row);
                    scorer.add(row);
                    scorer.score();
                    scores.put(value(i), scorer.verdict(0).score());
                    scorer.clear();
                }
            }
        }
        return scores;
    }

    private static void checkLedger(int sent) throws Exception {
        Map<String, Double> undisturbed = undisturbed();
        int bad = sent / BAD;
        Map<Integer, Integer> ends = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> score : broker.read("payments.scores", read -> read.size() >= sent - bad)) {
            JsonNode json = JSON.readTree(score.value());
            int id = id(score);
            ends.merge(id, 1, Integer::sum);
            assertThat(json.get("score").asDouble()).isEqualTo(undisturbed.get(value(id)));
        }
        assertThat(ends.values()).allMatch(times -> times == 1);
        assertThat(ends).hasSize(sent - bad);
        for (ConsumerRecord<byte[], byte[]> letter : broker.read("payments.dead-letters", read -> read.size() >= bad)) {
            ends.merge(id(letter), 1, Integer::sum);
        }
        Map<Integer, Integer> wrong = new TreeMap<>(ends);
        wrong.values().removeIf(times -> times == 1);
        assertThat(wrong).as("how often the records that did not end once did").isEmpty();
        assertThat(ends).hasSize(sent);
    }

    private static int id(ConsumerRecord<byte[], byte[]> record) {
        return Integer.parseInt(new String(record.key(), UTF_8));
    }
}
