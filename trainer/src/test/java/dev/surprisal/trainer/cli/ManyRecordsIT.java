package dev.surprisal.trainer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.engine.ScoringModel;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train} on more records than its memory holds, from a pipe. */
class ManyRecordsIT {

    private static final int BLOCK = 10_000;
    private static final int BLOCKS = 700;
    private static final int COLUMNS = 10;

    @TempDir
    private Path folder;

    @Test
    void trainsOnRowsThatTakeMoreMemoryThanThereIs() throws Exception {
        StringBuilder spec = new StringBuilder("format: 1\nname: many\ncsv: {header: false}\nfields:\n");
        for (int column = 0; column < COLUMNS; column++) {
            spec.append("  - {name: n").append(column).append(", type: number}\n");
        }
        Files.writeString(folder.resolve("spec.yaml"), spec);

        Process train = TrainProcess.start(
                folder,
                folder.resolve("log"),
                "256m",
                List.of("train", "--spec", "spec.yaml", "--data", "-", "--out", "m.onnx", "--time-budget", "3s"));
        try {
            byte[] block = block();
            try (OutputStream records = new BufferedOutputStream(train.getOutputStream(), 1 << 16)) {
                for (int i = 0; i < BLOCKS; i++) {
                    records.write(block);
                }
            }
            assertThat(train.waitFor(5, TimeUnit.MINUTES)).isTrue();
            assertThat(train.exitValue())
                    .as(Files.readString(folder.resolve("log"), UTF_8))
                    .isZero();
        } finally {
            train.destroyForcibly();
        }

        try (ScoringModel model = ScoringModel.open(folder.resolve("m.onnx"))) {
            assertThat(model.card().provenance().trainingRows()).isEqualTo(BLOCK * BLOCKS - 50_000);
            assertThat(model.card().provenance().calibrationRows()).isEqualTo(50_000);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("spec.yaml", "log", "m.onnx", "m.html");
        }
    }

    private static byte[] block() {
        Random random = new Random(1);
        StringBuilder lines = new StringBuilder();
        for (int row = 0; row < BLOCK; row++) {
            double common = random.nextGaussian();
            for (int column = 0; column < COLUMNS; column++) {
                lines.append(String.format(
                        Locale.ROOT, "%.1f%s", column * common + random.nextGaussian(), column == 9 ? "\n" : ","));
            }
        }
        return lines.toString().getBytes(UTF_8);
    }
}
