package dev.surprisal.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.FirstLook;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.ModelCardJson;
import dev.surprisal.schemas.model.Provenance;
import dev.surprisal.schemas.model.ScoreOutput;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.trainer.calibration.Calibrator;
import dev.surprisal.trainer.calibration.FirstLookCalibrator;
import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.data.TrainingData;
import dev.surprisal.trainer.export.LatentNoise;
import dev.surprisal.trainer.export.OnnxExporter;
import dev.surprisal.trainer.vae.Columns;
import dev.surprisal.trainer.vae.Columns.Categorical;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import dev.surprisal.trainer.vae.TrainedVae;
import dev.surprisal.trainer.vae.VaeConfig;
import dev.surprisal.trainer.vae.VaeTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Makes the tiny model that the tests of the engine and of the scorer use; with {@code -Dtiny.model=FILE} it keeps it.
 *
 * <p>The kept files, one per version of the format, are how those tests know that models of that format stay readable.
 */
class TinyModelTest {

    private static final String SPEC = """
            format: 1
            name: tiny
            fields:
              - {name: id, type: ignored}
              - {name: amount, type: number}
              - {name: weight, type: number, optional: true}
              - {name: country, type: category}
              - {name: express, type: boolean}
            """;

    @Test
    void trainsATinyModel(@TempDir Path folder) throws IOException {
        RecordSpec spec = SpecFile.parse(SPEC, "the tiny spec");
        TrainingData data = TrainingData.read(records(folder), spec, TrainingData.Selection.ALL, position -> {});
        VaeConfig config = new VaeConfig(2, List.of(8), 4, 64, 800, 5e-3, 0, 0, 1);
        Columns columns = new Columns(
                List.of(NumberLikelihood.STUDENT_T, NumberLikelihood.STUDENT_T, NumberLikelihood.BERNOULLI),
                List.of(new Categorical(data.vocabularies().get(0).values().size(), data.unseenProbability()[0])));
        TrainedVae vae = VaeTrainer.fit(data.rows(), columns, config, (step, steps, bound) -> {});
        byte[] graph = OnnxExporter.export(vae, LatentNoise.of(4, 2));
        byte[] look = OnnxExporter.exportFirstLook(List.of(vae));
        byte[] model = OnnxExporter.withMetadata(
                graph,
                Map.of(
                        ModelCard.METADATA_KEY,
                        ModelCardJson.write(calibrated(spec, data, graph, look)),
                        ModelCard.FIRST_LOOK_KEY,
                        Base64.getEncoder().encodeToString(look)));

        try (ScoringModel opened = ScoringModel.open(model, "the tiny model")) {
            assertThat(opened.card().calibration().records())
                    .isEqualTo(data.rows().count());
        }
        if (System.getProperty("tiny.model") != null) {
            Files.write(Path.of(System.getProperty("tiny.model")), model);
        }
    }

    private static ModelCard calibrated(RecordSpec spec, TrainingData data, byte[] graph, byte[] look) {
        Calibration blank = Calibration.of(new double[1], new double[4]);
        EncodedRows rows = data.rows().first(2_000);
        try (ScoringModel model = ScoringModel.openGraphs(graph, look, card(spec, data, blank, null))) {
            Calibration calibration = Calibrator.calibrate(model, ScoreOutput.ELBO, rows, done -> {}, sentence -> {});
            return card(
                    spec, data, calibration, FirstLookCalibrator.calibrate(model, ScoreOutput.ELBO, calibration, rows));
        }
    }

    private static ModelCard card(RecordSpec spec, TrainingData data, Calibration calibration, FirstLook firstLook) {
        return new ModelCard(
                ModelCard.FORMAT,
                spec.name(),
                "000000000001",
                spec,
                data.vocabularies(),
                ScoreOutput.ELBO,
                calibration,
                AlarmRate.parse("1/100"),
                new Provenance(Instant.EPOCH, 1, data.fingerprint(), 2_000, 2_000, 1, Map.of(), Map.of()),
                Map.of(),
                firstLook);
    }

    private static Path records(Path folder) throws IOException {
        Random random = new Random(5);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            String country = List.of("DE", "FR", "NL").get(random.nextInt(3));
            double level = country.equals("DE") ? 20 : 60;
            lines.append(String.format(
                    Locale.ROOT,
                    "{\"id\":\"%d\",\"amount\":%.2f,\"weight\":%s,\"country\":\"%s\",\"express\":%b}%n",
                    i,
                    level * Math.exp(0.2 * random.nextGaussian()),
                    random.nextInt(20) == 0 ? "null" : String.format(Locale.ROOT, "%.1f", 5 + random.nextGaussian()),
                    country,
                    random.nextInt(4) == 0));
        }
        return Files.writeString(folder.resolve("records.jsonl"), lines);
    }
}
