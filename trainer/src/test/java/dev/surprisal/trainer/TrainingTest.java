package dev.surprisal.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.engine.Judge;
import dev.surprisal.engine.RowScorer;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.engine.Screen;
import dev.surprisal.engine.Verdict;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.trainer.cli.Main;
import dev.surprisal.trainer.data.RecordReader;
import dev.surprisal.trainer.data.TrainingData.Selection;
import dev.surprisal.trainer.evaluation.FileScorer;
import dev.surprisal.trainer.evaluation.FileScorer.Scored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTest {

    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    @TempDir
    private Path folder;

    @Test
    void theSameDataSpecAndSeedGiveTheSameModelAndAnotherSeedAnother() throws IOException {
        Path data = records(200);

        ModelCard first = train(data, "first.onnx", 1);
        ModelCard again = train(data, "again.onnx", 1);
        ModelCard other = train(data, "other.onnx", 2);

        assertThat(again.version()).isEqualTo(first.version());
        assertThat(Files.readAllBytes(folder.resolve("again.onnx")))
                .isEqualTo(Files.readAllBytes(folder.resolve("first.onnx")));
        assertThat(other.version()).isNotEqualTo(first.version());
    }

    @Test
    void theCardTellsWhereTheModelComesFromAndTheRateFitsTheHeldOutRecords() throws IOException {
        ModelCard card = train(records(200), "model.onnx", 1);

        try (ScoringModel model = ScoringModel.open(folder.resolve("model.onnx"))) {
            assertThat(model.card()).usingRecursiveComparison().isEqualTo(card);
        }
        assertThat(card.provenance().trainedAt()).isEqualTo(NOW);
        assertThat(card.provenance().trainingRows()).isEqualTo(180);
        assertThat(card.provenance().calibrationRows()).isEqualTo(20);
        assertThat(card.alarmRate())
                .as("the finest usual one that 20 records can tell")
                .hasToString("1/20");
        assertThat(card.metrics().get("parity_error_nats")).isLessThan(1e-4);
        assertThat(card.provenance().configuration().get("samples")).isIn("16", "32");
        assertThat(card.metrics().get("sampling_error_nats"))
                .isLessThan(0.2 * card.metrics().get("held_out_spread_nats"));
    }

    @Test
    void theFirstLookMissesNoFlag() throws IOException {
        Path data = records(400);
        ModelCard card = train(data, "model.onnx", 1);
        List<Scored> full = new ArrayList<>();
        int looked = 0;
        try (ScoringModel model = ScoringModel.open(folder.resolve("model.onnx"))) {
            Judge judge = new Judge(card, card.alarmRate());
            new FileScorer(model, judge).score(data, List.of(), full::add, position -> {});
            RecordEncoder encoder = card.newEncoder();
            EncodedRow row = encoder.newRow();
            try (RecordReader reader = RecordReader.open(data, card.spec());
                    RowScorer scorer = model.newScorer(
                            judge, Screen.of(card, card.alarmRate().value()).orElseThrow())) {
                while (reader.next()) {
                    reader.encode(encoder, row);
                    scorer.add(row);
                }
                scorer.score();
                for (int i = 0; i < scorer.size(); i++) {
                    looked += scorer.verdict(i).firstLook() ? 1 : 0;
                    assertThat(scorer.verdict(i).anomaly())
                            .as("record %d", i)
                            .isEqualTo(full.get(i).verdict().anomaly());
                }
            }
        }
        assertThat(full).anyMatch(scored -> scored.verdict().anomaly());
        assertThat(looked).isGreaterThan(200);
    }

    @Test
    void anEnsembleIsOneModelThatTellsItsSize() throws IOException {
        Path data = records(200);
        Training.Request one = request(data, folder.resolve("one.onnx"), 1);
        Path out = folder.resolve("three.onnx");

        ModelCard three = new Training(Clock.fixed(NOW, ZoneOffset.UTC))
                .run(
                        new Training.Request(one.spec(), data, Selection.ALL, out, 1, null, 3, 1),
                        Training.Listener.SILENT);

        assertThat(three.provenance().configuration()).containsEntry("ensemble", "3");
        assertThat(three.metrics().get("parity_error_nats")).isLessThan(1e-4);
        try (ScoringModel model = ScoringModel.open(out)) {
            assertThat(model.card().version()).isEqualTo(three.version());
        }
    }

    @Test
    void whatStopsATrainingLeavesNoFile() throws IOException {
        Path few = records(10);
        Path out = folder.resolve("model.onnx");

        assertThatThrownBy(() -> train(few, "model.onnx", 1))
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("10 records are too few");
        Path enough = records(200);
        Training.Listener interrupter = new Training.Listener() {
            @Override
            public void begins(String phase, long steps, String unit) {}

            @Override
            public void at(long step, String figure) {
                if (step == 20) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        assertThatThrownBy(() -> new Training(Clock.systemUTC()).run(request(enough, out, 1), interrupter))
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(() -> train(enough, "nowhere/model.onnx", 1))
                .hasMessageContaining("its folder does not exist");

        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("records.csv");
        }
    }

    @Test
    void countsAreJudgedByWhatIsUsualBesideTheOtherFields() throws IOException {
        Random random = new Random(8);
        List<String> lines = new ArrayList<>(List.of("shop,visits"));
        for (int i = 0; i < 600; i++) {
            boolean large = random.nextBoolean();
            double mean = large ? 400 : 4;
            long visits = Math.max(0, Math.round(mean + Math.sqrt(mean) * random.nextGaussian()));
            lines.add((large ? "large," : "small,") + visits);
        }
        Path data = Files.write(folder.resolve("visits.csv"), lines);
        RecordSpec spec = SpecFile.parse("""
                format: 1
                name: visits
                fields:
                  - {name: shop, type: category}
                  - {name: visits, type: number, likelihood: negative-binomial}
                """, "visits.yaml");
        Path out = folder.resolve("visits.onnx");
        ModelCard card = new Training(Clock.fixed(NOW, ZoneOffset.UTC))
                .run(new Training.Request(spec, data, Selection.ALL, out, 1, null), Training.Listener.SILENT);
        Path today = Files.writeString(
                folder.resolve("today.csv"), "shop,visits\nlarge,390\nsmall,5\nsmall,390\nsmall,-1\nsmall,2.5\n");

        List<FileScorer.Scored> scored = new ArrayList<>();
        Verdict odd;
        try (ScoringModel model = ScoringModel.open(out)) {
            Judge judge = new Judge(card, AlarmRate.parse("1/20"));
            new FileScorer(model, judge).score(today, List.of(), scored::add, bytes -> {});
            RecordEncoder encoder = card.newEncoder();
            EncodedRow row = encoder.newRow();
            try (RecordReader reader = RecordReader.open(today, card.spec());
                    RowScorer scorer = model.newScorer(judge, null)) {
                for (int i = 0; i < 3; i++) {
                    assertThat(reader.next()).isTrue();
                    reader.encode(encoder, row);
                    scorer.add(row);
                }
                scorer.score();
                odd = scorer.verdict(2);
            }
        }

        assertThat(card.metrics().get("parity_error_nats")).isLessThan(1e-4);
        assertThat(scored.get(2).verdict().score()).isEqualTo(odd.score());
        assertThat(odd.score()).isGreaterThan(scored.get(0).verdict().score() + 3);
        assertThat(odd.score()).isGreaterThan(scored.get(1).verdict().score() + 3);
        assertThat(odd.reasons())
                .filteredOn(reason -> reason.field().equals("visits"))
                .isNotEmpty()
                .allSatisfy(reason -> assertThat(reason.low()).isNotNegative());
        assertThat(scored.get(3).error())
                .isEqualTo("field 'visits' holds -1.0, which is no count: a whole number from 0 on");
        assertThat(scored.get(4).error())
                .isEqualTo("field 'visits' holds 2.5, which is no count: a whole number from 0 on");
    }

    @Test
    void wrongUsageIsTwoAndFailureIsOne() throws IOException {
        Path data = records(30);
        Path spec =
                Files.writeString(folder.resolve("bad.yaml"), "format: 1\nname: x\nfields: [{name: a, type: nmber}]\n");

        assertThat(Main.run("train")).isEqualTo(2);
        assertThat(Main.run("train", "--spec", "s", "--data", "d", "--out", "o", "--rows", "-1"))
                .isEqualTo(2);
        assertThat(Main.run("train", "--spec", "s", "--data", "d", "--out", "o", "--ensemble", "0"))
                .isEqualTo(2);
        assertThat(Main.run(
                        "train",
                        "--spec",
                        spec.toString(),
                        "--data",
                        data.toString(),
                        "--out",
                        folder.resolve("m").toString()))
                .isEqualTo(1);
        for (String time : List.of("soon", "-5s", "0s", "")) {
            assertThat(Main.run("train", "--spec", "s", "--data", "d", "--out", "o", "--time-budget", time))
                    .as("'%s' as a length of time", time)
                    .isEqualTo(2);
        }
        assertThat(Main.run("train", "--help")).isZero();
    }

    private ModelCard train(Path data, String out, long seed) {
        return new Training(Clock.fixed(NOW, ZoneOffset.UTC))
                .run(request(data, folder.resolve(out), seed), Training.Listener.SILENT);
    }

    private static Training.Request request(Path data, Path out, long seed) {
        RecordSpec spec = SpecFile.parse("""
                format: 1
                name: points
                fields:
                  - {name: x, type: number}
                  - {name: y, type: number}
                  - {name: side, type: category}
                """, "points.yaml");
        return new Training.Request(spec, data, Selection.ALL, out, seed, null);
    }

    private Path records(int count) throws IOException {
        Random random = new Random(6);
        List<String> lines = new ArrayList<>(List.of("x,y,side"));
        for (int i = 0; i < count; i++) {
            double x = random.nextGaussian();
            lines.add(x + "," + (2 * x + 0.1 * random.nextGaussian()) + "," + (x < 0 ? "left" : "right"));
        }
        return Files.write(folder.resolve("records.csv"), lines);
    }
}
