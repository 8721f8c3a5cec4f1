package dev.surprisal.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The {@code score} command: one line a record, and a sentence for whatever goes wrong. */
class ScoreCommandTest {

    private static final String HEADER =
            "score,p_value,anomaly,elbo,log_likelihood,reconstruction_log_probability,label,x,error";

    @TempDir
    private Path folder;

    private Path model;
    private Path scores;

    @BeforeEach
    void write() throws IOException {
        model = TinyModel.write(folder.resolve("tiny.onnx"));
        scores = folder.resolve("scores.csv");
    }

    @Test
    void writesALineForEveryRecordInItsOrder() throws IOException {
        Path data = file("""
                y,x,kind,label
                2,1,a,fine
                seven,1,a,fine
                ,10,never,"bad, very"
                1,2,,fine
                1e30,2.50,b,bad
                0.1,0,b,fine
                """);

        CommandLineRun run = score(data, scores, "--keep", "label,x");

        assertThat(run.status()).isZero();
        assertThat(Files.readString(scores)).isEqualTo(HEADER + """

                5.0,0.96,false,-5.0,-5.0,-5.0,fine,1,
                ,,,,,,fine,1,"field 'y' holds text, 'seven', where a number belongs"
                100.0,0.01,true,-100.0,-100.0,-100.0,"bad, very",10,
                ,,,,,,fine,2,"field 'kind' has no value, and the spec does not call it optional"
                ,,,,,,bad,2.50,the model's elbo of the record is -Infinity
                0.010000000707805157,1.0,false,-0.010000001,-0.010000001,-0.010000001,fine,0,
                """);
        assertThat(run.errors())
                .startsWith("3 records scored, 1 flagged at an alarm rate of 1/50, 3 could not be scored; ")
                .endsWith(" records/s\n");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void scoresFilesOfManyBatches() throws IOException {
        StringBuilder text = new StringBuilder("x,y,kind,label\n");
        for (int i = 0; i < 10_000; i++) {
            text.append(i % 3 == 0 && i > 4_000 ? "none" : i % 90)
                    .append(",0,a,")
                    .append(i)
                    .append('\n');
        }

        CommandLineRun run = score(file(text.toString()), scores, "--keep", "label");

        List<String> lines = Files.readAllLines(scores);
        assertThat(run.status()).isZero();
        assertThat(lines).hasSize(10_001);
        for (int i = 0; i < 10_000; i++) {
            String line = lines.get(i + 1);
            if (i % 3 == 0 && i > 4_000) {
                assertThat(line).startsWith(",,,,,," + i + ",\"field 'x' holds text");
            } else {
                double x = i % 90;
                assertThat(line).startsWith(x * x + ",").endsWith("," + i + ",");
            }
        }
    }

    @Test
    void takesJsonLinesAndAnotherAlarmRate() throws IOException {
        Path data = file("{\"x\":1.0,\"y\":3,\"kind\":\"a\",\"deep\":{\"id\":\"k\"}}\n{\"x\":2\n");

        CommandLineRun run = score(data, scores, "--keep", "deep.id,label", "--alarm-rate", "99%");

        assertThat(run.status()).isZero();
        assertThat(run.errors()).endsWith("No record has a value of label.\n");
        assertThat(Files.readAllLines(scores))
                .hasSize(3)
                .contains("10.0,0.91,true,-10.0,-10.0,-10.0,k,,")
                .last()
                .asString()
                .startsWith(",,,,,,,,\"the record is not JSON: ");
    }

    @Test
    void writesGzipAndStandardOutput() throws IOException {
        Path data = file("x,y,kind\n3,4,a\n");
        Path packed = folder.resolve("scores.csv.gz");

        CommandLineRun toFile = score(data, packed);
        CommandLineRun toScreen = score(data, Path.of("-"));

        assertThat(toFile.status()).isZero();
        try (GZIPInputStream unpacked = new GZIPInputStream(Files.newInputStream(packed))) {
            assertThat(new String(unpacked.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(toScreen.out())
                    .endsWith("\n25.0,0.76,false,-25.0,-25.0,-25.0,\n");
        }
        assertThat(toScreen.errors()).startsWith("1 records scored, 0 flagged");
    }

    @Test
    void leavesNothingBehindWhenItFails() throws IOException {
        Path data = file("x,y,kind\n" + "3,4,a\n".repeat(5_000) + "3,4\n");

        CommandLineRun run = score(data, scores);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errors()).isEqualTo("surprisal: " + data + " line 5002: 2 columns where 3 are expected\n");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(Path::getFileName).map(Path::toString)).containsExactlyInAnyOrder("tiny.onnx", "data");
        }
    }

    @Test
    void keepsTheScoresThatWereThereWhenItFails() throws IOException {
        Files.writeString(scores, "old");

        assertThat(score(file("x,y,colour\n1,2,3\n"), scores).status()).isEqualTo(1);
        assertThat(Files.readString(scores)).isEqualTo("old");
    }

    @Test
    void namesWhatIsWrongWithTheModel() throws IOException {
        Path data = file("x,y,kind\n1,2,a\n");
        Path noModel = folder.resolve("none.onnx");
        Path noOnnx = Files.writeString(folder.resolve("text.onnx"), "no model");
        Path noCard = TinyModel.writeWithoutCard(folder.resolve("bare.onnx"));

        assertThat(run(noModel, data).errors()).isEqualTo("surprisal: " + noModel + ": there is no such model file\n");
        assertThat(run(noOnnx, data).errors()).startsWith("surprisal: " + noOnnx + ": not an ONNX model");
        assertThat(run(noCard, data).errors())
                .startsWith("surprisal: " + noCard + ": an ONNX model, but it has no model card");
        assertThat(run(noCard, data).status()).isEqualTo(1);
        assertThat(Files.exists(scores)).isFalse();
    }

    @Test
    void namesWhatIsWrongWithTheData() throws IOException {
        Path forOthers = file("amount,kind\n1,a\n");

        assertThat(score(folder.resolve("none"), scores).errors()).endsWith("none: there is no such file\n");
        assertThat(score(forOthers, scores).errors()).contains("data: the spec does not know the column 'amount'");
        assertThat(score(file("x,y,kind\n1,2,a\n"), scores, "--keep", "colour").errors())
                .isEqualTo("surprisal: " + folder.resolve("data")
                        + ": there is no column 'colour'; there are kind, x, y\n");
        assertThat(score(file("x,y,kind\n1,2,a\n"), scores, "--keep", "score").errors())
                .contains("the field 'score' cannot be kept: a column of the scores has this name");
    }

    @Test
    void namesWhatIsWrongWithTheOutput() throws IOException {
        Path data = file("x,y,kind\n" + "1,2,a\n".repeat(20_000));

        assertThat(score(data, folder.resolve("no/such/scores.csv")).errors())
                .endsWith("scores.csv: cannot be written: its folder does not exist\n");
        assertThat(score(data, folder).errors()).endsWith("cannot be written: it is a folder\n");
    }

    @Test
    void refusesWrongUsage() throws IOException {
        CommandLineRun nothing = CommandLineRun.of("score");
        CommandLineRun rate = score(file("x\n"), scores, "--alarm-rate", "often");

        assertThat(nothing.status()).isEqualTo(2);
        assertThat(nothing.err())
                .startsWith("surprisal: Missing required options")
                .contains("See: surprisal score --help");
        assertThat(rate.status()).isEqualTo(2);
        assertThat(rate.err()).contains("'often' says of no record whether to flag it; write a rate like 1/1000");
        assertThat(CommandLineRun.of().status()).isEqualTo(2);
        assertThat(CommandLineRun.of("scor").status()).isEqualTo(2);
    }

    @Test
    void helps() {
        for (String command : List.of("describe", "train", "score", "evaluate", "impute")) {
            CommandLineRun help = CommandLineRun.of(command, "--help");
            assertThat(help.status()).isZero();
            assertThat(help.out()).contains("\nExample", "surprisal " + command + " ");
        }
        assertThat(CommandLineRun.of("--help").out()).contains("describe", "train", "score", "evaluate");
    }

    private CommandLineRun run(Path otherModel, Path data) {
        return CommandLineRun.of("score", "--model", otherModel, "--data", data, "--out", scores);
    }

    private CommandLineRun score(Path data, Path out, String... more) {
        Object[] arguments = Stream.concat(
                        Stream.of("score", "--model", model, "--data", data, "--out", out), Stream.of(more))
                .toArray();
        return CommandLineRun.of(arguments);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("data"), text);
    }
}
