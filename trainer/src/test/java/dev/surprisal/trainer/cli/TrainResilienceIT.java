package dev.surprisal.trainer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.engine.ScoringModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train} as a process of its own that is killed, told to end, and started again. */
class TrainResilienceIT {

    private static final int SIGINT = 130;

    @TempDir
    private Path folder;

    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void writeRecords() throws IOException {
        Random random = new Random(1);
        List<String> lines = new ArrayList<>(List.of("x,y,kind"));
        for (int i = 0; i < 400; i++) {
            double x = random.nextGaussian();
            lines.add(x + "," + (2 * x + 0.1 * random.nextGaussian()) + "," + (x < 0 ? "low" : "high"));
        }
        Files.write(folder.resolve("records.csv"), lines);
        Files.writeString(folder.resolve("spec.yaml"), """
                format: 1
                name: points
                fields:
                  - {name: x, type: number}
                  - {name: y, type: number}
                  - {name: kind, type: category}
                """);
    }

    @AfterEach
    void endAll() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void aKilledAndAnInterruptedRunGoOnToTheVeryModelOfAnUndisturbedOne() throws Exception {
        assertThat(ended(train("undisturbed.onnx"))).isZero();

        Process killed = train("model.onnx", "--checkpoint-every", "0.1s");
        awaitCheckpoint(killed, 0);
        killed.destroyForcibly();
        assertThat(ended(killed)).isEqualTo(137);
        long left = written();

        Process interrupted = train("model.onnx", "--checkpoint-every", "0.1s", "--resume");
        awaitCheckpoint(interrupted, left);
        signal(interrupted, "INT");
        assertThat(ended(interrupted)).isEqualTo(SIGINT);
        assertThat(said(2))
                .contains("surprisal: going on after ")
                .contains("surprisal: interrupted; ")
                .contains("model.onnx.checkpoint holds what was fitted; --resume goes on from it");
        assertThat(names()).doesNotContain("model.onnx").contains("model.onnx.checkpoint");

        assertThat(ended(train("model.onnx", "--resume"))).isZero();
        assertThat(said(3)).contains("surprisal: going on after ");
        assertThat(version("model.onnx")).isEqualTo(version("undisturbed.onnx"));
        assertThat(names()).doesNotContain("model.onnx.checkpoint");
    }

    @Test
    void onRequestAnInterruptEndsInAModel() throws Exception {
        Process train = train("model.onnx", "--checkpoint-every", "0.1s", "--write-on-interrupt");
        awaitCheckpoint(train, 0);
        signal(train, "TERM");

        assertThat(ended(train)).as("status, for it did what it was to do").isZero();
        assertThat(said(0)).contains("writing the model as it is").contains("model 'points', version");
        assertThat(version("model.onnx")).hasSize(12);
        assertThat(names()).doesNotContain("model.onnx.checkpoint");
    }

    @Test
    void readsFromAPipe() throws Exception {
        Process fromFile = train("file.onnx");
        assertThat(ended(fromFile)).isZero();

        Process fromPipe = start(List.of("train", "--spec", "spec.yaml", "--data", "-", "--out", "pipe.onnx"));
        Files.copy(folder.resolve("records.csv"), fromPipe.getOutputStream());
        fromPipe.getOutputStream().close();

        assertThat(ended(fromPipe)).isZero();
        assertThat(version("pipe.onnx")).isEqualTo(version("file.onnx"));
    }

    private Process train(String out, String... more) throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("train", "--spec", "spec.yaml", "--data", "records.csv", "--out", out));
        arguments.addAll(List.of(more));
        return start(arguments);
    }

    private Process start(List<String> arguments) throws IOException {
        Process process = TrainProcess.start(folder, log(processes.size()), "512m", arguments);
        processes.add(process);
        return process;
    }

    /** Waits for a checkpoint that is newer than another. */
    private void awaitCheckpoint(Process train, long after) throws Exception {
        while (written() <= after) {
            assertThat(train.isAlive())
                    .as("what runs, which said: %s", said(processes.size() - 1))
                    .isTrue();
            Thread.sleep(10);
        }
    }

    private long written() throws IOException {
        Path checkpoint = folder.resolve("model.onnx.checkpoint");
        return Files.exists(checkpoint) ? Files.getLastModifiedTime(checkpoint).toMillis() : 0;
    }

    private static void signal(Process process, String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static int ended(Process process) throws InterruptedException {
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }

    private Path log(int process) {
        return folder.resolve("log-" + process);
    }

    private String said(int process) throws IOException {
        return Files.readString(log(process), UTF_8);
    }

    private String version(String model) {
        try (ScoringModel opened = ScoringModel.open(folder.resolve(model))) {
            return opened.card().version();
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
