package dev.surprisal.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.model.ModelPlots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {

    @TempDir
    private Path folder;

    @Test
    void tellsHowManyLatentUnitsAreActiveAndWhatToDoWhereNoneIs() throws IOException {
        CommandLineRun usual = train("1");

        assertThat(usual.status()).as(usual.err()).isZero();
        assertThat(usual.out())
                .containsPattern("[1-9][0-9]* of 16 latent units active")
                .doesNotContain("collapsed");

        assertThat(usual.out()).contains("Report: " + folder.resolve("model.html"));
        assertThat(Files.readString(folder.resolve("model.html")))
                .startsWith("<!doctype html>")
                .endsWith("</html>\n")
                .contains(
                        "Training of points",
                        "The fit",
                        "Latent map",
                        "In the interval",
                        "alarm from",
                        "Timings",
                        "held-out",
                        "Calibration")
                .doesNotContain("<script", "NaN", "://", "src=");

        try (ScoringModel model = ScoringModel.open(folder.resolve("model.onnx"))) {
            ModelPlots plots = model.plots();
            assertThat(plots.fits()).hasSize(1);
            assertThat(plots.fits().get(0).fitted().length).isGreaterThan(100);
            assertThat(plots.fits().get(0).heldOut().length).isBetween(30, 40);
            assertThat(plots.latent().latentSize()).isEqualTo(16);
            assertThat(plots.latent().normal().length).isGreaterThan(10);
        }

        CommandLineRun collapsed = train("100");

        assertThat(collapsed.status()).as(collapsed.err()).isZero();
        assertThat(collapsed.out())
                .contains("0 of 16 latent units active")
                .contains("the posterior has collapsed")
                .contains("--beta");
        try (ScoringModel model = ScoringModel.open(folder.resolve("model.onnx"))) {
            assertThat(model.card().metrics()).containsEntry("active_latent_units", 0.0);
            assertThat(model.card().provenance().configuration()).containsEntry("beta", "100.0");
        }
    }

    @Test
    void refusesAWeightThatIsNone() throws IOException {
        for (String beta : List.of("-1", "NaN", "Infinity", "half")) {
            assertThat(train(beta).status()).as(beta).isEqualTo(2);
        }
    }

    @Test
    void leavesConfirmedAnomaliesOutAndTellsWhetherTheyAreFlagged() throws IOException {
        Random random = new Random(4);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            double x = i < 2 ? 1_000 : random.nextGaussian();
            lines.add("{\"surprisal.record\":\"points/0/" + i + "\",\"x\":" + x + "}");
        }
        String label =
                "{\"topic\":\"points\",\"partition\":0,\"offset\":%d,\"verdict\":\"%s\",\"by\":\"Ada\",\"time\":1,\"record\":{\"x\":%d}}";
        List<String> labels = List.of(
                String.format(label, 0, "confirmed", 1_000),
                String.format(label, 1, "confirmed", 1_000),
                String.format(label, 2, "false_alarm", 0));
        Files.writeString(folder.resolve("spec.yaml"), """
                format: 1
                name: points
                fields:
                  - {name: x, type: number}
                """);
        Files.write(folder.resolve("window.jsonl"), lines);
        Files.write(folder.resolve("labels.jsonl"), labels);

        CommandLineRun run = CommandLineRun.of(
                "train",
                "--spec",
                folder.resolve("spec.yaml"),
                "--data",
                folder.resolve("window.jsonl"),
                "--labels",
                folder.resolve("labels.jsonl"),
                "--alarm-rate",
                "1/10",
                "--out",
                folder.resolve("model.onnx"));

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.err()).contains("2 records are confirmed to be anomalies and were left out.");
        assertThat(run.out())
                .contains("fitted to 178 records and calibrated on 20")
                .contains("3 labelled records: 2 confirmed anomalies, 1 false alarms")
                .contains("Confirmed anomalies flagged: 100.00 % (2 of 2;")
                .contains("False alarms flagged again:  0.00 % (0 of 1;");
    }

    private CommandLineRun train(String beta) throws IOException {
        Random random = new Random(3);
        List<String> lines = new ArrayList<>(List.of("a,b,c"));
        for (int i = 0; i < 300; i++) {
            double common = random.nextGaussian();
            lines.add(common + "," + (common + 0.2 * random.nextGaussian()) + ","
                    + (common - 0.2 * random.nextGaussian()));
        }
        Files.write(folder.resolve("data.csv"), lines);
        Files.writeString(folder.resolve("spec.yaml"), """
                format: 1
                name: points
                fields:
                  - {name: a, type: number}
                  - {name: b, type: number}
                  - {name: c, type: number}
                """);
        return CommandLineRun.of(
                "train",
                "--spec",
                folder.resolve("spec.yaml"),
                "--data",
                folder.resolve("data.csv"),
                "--out",
                folder.resolve("model.onnx"),
                "--beta",
                beta);
    }
}
