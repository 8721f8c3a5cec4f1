package dev.surprisal.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.scorer.cli.Scorer;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.trainer.data.RecordReader;
import dev.surprisal.trainer.evaluation.Evaluation;
import dev.surprisal.trainer.evaluation.EvaluationTable;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job on half a million real network connections: described, trained on, scored as a file and as a stream. */
class Kdd99IT {

    private static final String FIELDS =
            "duration protocol_type service flag src_bytes dst_bytes land wrong_fragment urgent hot num_failed_logins logged_in"
                    + " num_compromised root_shell su_attempted num_root num_file_creations num_shells num_access_files num_outbound_cmds"
                    + " is_host_login is_guest_login count srv_count serror_rate srv_serror_rate rerror_rate srv_rerror_rate same_srv_rate"
                    + " diff_srv_rate srv_diff_host_rate dst_host_count dst_host_srv_count dst_host_same_srv_rate dst_host_diff_srv_rate"
                    + " dst_host_same_src_port_rate dst_host_srv_diff_host_rate dst_host_serror_rate dst_host_srv_serror_rate"
                    + " dst_host_rerror_rate dst_host_srv_rerror_rate attack";
    private static final String NORMAL = "normal.";
    private static final int PARTITIONS = 4;
    private static final String FIRST_LOOK = "first look";
    /** So long nothing comes only where nothing will. */
    private static final Duration SILENCE = Duration.ofMinutes(1);

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path folder;

    @Test
    void theStreamGivesTheScoresOfTheFileWhereAFirstLookIsNotEnoughAndTellsAttacksApart() throws Exception {
        Path connections = SharedData.file("data/kdd99/kddcup.data_10_percent.csv.gz");
        Path spec = describe(connections);
        Path training = folder.resolve("training.jsonl");
        Path rest = folder.resolve("rest.jsonl");
        split(connections, spec, training, rest);
        Path model = folder.resolve("kdd99.onnx");
        Path scores = folder.resolve("scores.csv");

        assertThat(trainer("train", "--spec", spec, "--data", training, "--out", model))
                .isZero();
        assertThat(trainer(
                        "evaluate",
                        "--model",
                        model,
                        "--data",
                        rest,
                        "--label",
                        "attack",
                        "--normal",
                        NORMAL,
                        "--out",
                        scores))
                .isZero();

        ModelCard card;
        try (ScoringModel opened = ScoringModel.open(model)) {
            card = opened.card();
        }
        assertThat(card.provenance().trainingRows()).isGreaterThan(10_000);
        assertThat(card.metrics().get("parity_error_nats"))
                .as("graph against trainer on 10,000 rows")
                .isLessThan(1e-4);
        Evaluation evaluation = new Evaluation(NORMAL);
        List<String> fileScores = readScores(scores, evaluation);
        System.out.println(EvaluationTable.of(evaluation, card.alarmRate()));
        assertThat(evaluation.ranking().auroc()).isGreaterThanOrEqualTo(0.98);
        compareWithIndependentMetrics(scores, evaluation);

        List<String> streamScores = stream(rest, model, fileScores.size());

        int looked = 0;
        int missed = 0;
        int flagged = 0;
        for (int i = 0; i < fileScores.size(); i++) {
            boolean flag = fileScores.get(i).endsWith(" true");
            flagged += flag ? 1 : 0;
            if (streamScores.get(i).equals(FIRST_LOOK)) {
                looked++;
                missed += flag ? 1 : 0;
            } else {
                assertThat(streamScores.get(i)).as("record %d", i).isEqualTo(fileScores.get(i));
            }
        }
        System.out.printf(
                Locale.ROOT,
                "A first look was enough for %,d of %,d records; %,d of %,d flags were missed.%n",
                looked,
                fileScores.size(),
                missed,
                flagged);
        assertThat(missed).isLessThan(flagged / 1_000);
        assertThat(looked).isGreaterThan((fileScores.size() - flagged) / 2);
    }

    private Path describe(Path connections) throws IOException {
        Path spec = folder.resolve("kdd99.yaml");
        assertThat(trainer("describe", connections, "--out", spec, "--label", "f42", "--name", "kdd99"))
                .isZero();
        String yaml = Files.readString(spec);
        String[] names = FIELDS.split(" ", -1);
        for (int i = 0; i < names.length; i++) {
            yaml = yaml.replace("name: f" + (i + 1) + ",", "name: " + names[i] + ",");
        }
        return Files.writeString(spec, yaml);
    }

    private static void split(Path connections, Path specFile, Path training, Path rest) throws IOException {
        RecordSpec spec = SpecFile.read(specFile);
        long normals = 0;
        try (RecordReader reader = RecordReader.open(connections, spec)) {
            while (reader.next()) {
                normals += reader.text("attack").equals(NORMAL) ? 1 : 0;
            }
        }
        long left = normals / 2;
        try (RecordReader reader = RecordReader.open(connections, spec);
                BufferedWriter first = Files.newBufferedWriter(training);
                BufferedWriter second = Files.newBufferedWriter(rest)) {
            while (reader.next()) {
                boolean toTrainOn = left > 0 && reader.text("attack").equals(NORMAL);
                left -= toTrainOn ? 1 : 0;
                BufferedWriter lines = toTrainOn ? first : second;
                lines.write(reader.json());
                lines.newLine();
            }
        }
    }

    private static int trainer(Object... arguments) {
        String[] texts = new String[arguments.length];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = arguments[i].toString();
        }
        return dev.surprisal.trainer.cli.Main.run(texts);
    }

    private static List<String> readScores(Path scores, Evaluation evaluation) throws IOException {
        List<String> read = new ArrayList<>();
        try (CsvReader<NamedCsvRecord> csv = CsvReader.builder().ofNamedCsvRecord(scores)) {
            for (NamedCsvRecord record : csv) {
                read.add(
                        record.getField("score") + " " + record.getField("p_value") + " " + record.getField("anomaly"));
                evaluation.add(
                        Double.parseDouble(record.getField("score")),
                        Boolean.parseBoolean(record.getField("anomaly")),
                        record.getField("attack"));
            }
        }
        return read;
    }

    private static void compareWithIndependentMetrics(Path scores, Evaluation evaluation)
            throws IOException, InterruptedException {
        Path tool = SharedData.file("tools/metrics.py");
        Process process = new ProcessBuilder("python3", tool.toString(), scores.toString(), "score", "attack")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said)
                .isEqualTo(String.format(
                        Locale.ROOT,
                        "rows %d anomalies %d AUROC %.2f AP %.2f",
                        evaluation.records(),
                        evaluation.ranking().anomalies(),
                        100 * evaluation.ranking().auroc(),
                        100 * evaluation.ranking().averagePrecision()));
    }

    /** Sends the records through broker and scorer; each must come out once. */
    private List<String> stream(Path rest, Path model, int count) throws Exception {
        Topics topics = new Topics("kdd99");
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"))) {
            Map<String, Object> connection = Map.of("bootstrap.servers", broker.bootstrapServers());
            try (Admin admin = Admin.create(connection)) {
                admin.createTopics(List.of(new NewTopic(topics.records(), Optional.of(PARTITIONS), Optional.empty())))
                        .all()
                        .get();
            }
            Pipeline pipeline = new Pipeline(
                    "kdd99",
                    topics.records(),
                    model,
                    null,
                    Delivery.EXACTLY_ONCE,
                    1,
                    Pipeline.USUAL_MAX_RECORD_BYTES,
                    Map.of("bootstrap.servers", broker.bootstrapServers()));
            int[][] sent = new int[PARTITIONS][count];
            try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline))) {
                send(rest, connection, sent);
                assertThat(scorer.awaitReady(Duration.ofSeconds(60))).isTrue();
                return receive(connection, topics, sent, count);
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback hears of failures.
    private static void send(Path records, Map<String, Object> connection, int[][] sent) throws IOException {
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(connection, new ByteArraySerializer(), new ByteArraySerializer());
                Stream<String> lines = Files.lines(records)) {
            int[] number = {0};
            lines.forEach(line -> {
                int index = number[0]++;
                producer.send(new ProducerRecord<>("kdd99", line.getBytes(StandardCharsets.UTF_8)), (metadata, e) -> {
                    if (e != null) {
                        failure.set(e);
                    } else {
                        sent[metadata.partition()][(int) metadata.offset()] = index;
                    }
                });
            });
        }
        assertThat(failure.get()).isNull();
    }

    private static List<String> receive(Map<String, Object> connection, Topics topics, int[][] sent, int count)
            throws IOException {
        String[] scores = new String[count];
        BitSet seen = new BitSet(count);
        Map<String, Object> properties = new HashMap<>(connection);
        properties.put("group.id", "test");
        properties.put("isolation.level", "read_committed");
        properties.put("auto.offset.reset", "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topics.scores(), topics.deadLetters()));
            long last = System.nanoTime();
            int quiet = 0;
            // A while longer than needed, for what must not come.
            while (quiet < 10) {
                assertThat(System.nanoTime() - last)
                        .as("nanoseconds without a record; %d of %d came out", seen.cardinality(), count)
                        .isLessThan(SILENCE.toNanos());
                int before = seen.cardinality();
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    assertThat(record.topic()).as("no record is a dead letter").isEqualTo(topics.scores());
                    JsonNode event = JSON.readTree(record.value());
                    int index = sent[event.get("partition").asInt()][
                            event.get("offset").asInt()];
                    assertThat(seen.get(index))
                            .as("record %d came out before", index)
                            .isFalse();
                    seen.set(index);
                    scores[index] = event.get("look").asText().equals("first")
                            ? FIRST_LOOK
                            : event.get("score").asDouble() + " "
                                    + event.get("p_value").asDouble() + " "
                                    + event.get("anomaly").asBoolean();
                }
                last = seen.cardinality() > before ? System.nanoTime() : last;
                quiet = seen.cardinality() == count && before == count ? quiet + 1 : 0;
            }
        }
        return List.of(scores);
    }
}
