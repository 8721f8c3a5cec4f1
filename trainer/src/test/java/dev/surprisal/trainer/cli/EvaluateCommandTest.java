package dev.surprisal.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The {@code evaluate} command. */
class EvaluateCommandTest {

    private static final String DATA = """
            x,y,kind,label
            1,0,a,fine
            2,0,a,fine
            20,0,a,fine
            0,0,,fine
            10,0,a,bad
            30,0,b,bad
            0,1.5,a,odd
            """;

    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void write() throws IOException {
        model = TinyModel.write(folder.resolve("tiny.onnx"));
    }

    @Test
    void tellsHowWellScoresAndFlagsAgreeWithLabels() throws IOException {
        CommandLineRun run = evaluate(file(DATA), "label", "fine");

        assertThat(run.status()).isZero();
        assertThat(run.out()).isEqualToNormalizingNewlines("""
                7 records, 3 anomalies among them, 1 could not be scored
                AUROC 66.67 %   average precision 75.56 %
                At an alarm rate of 1/50: 3 flags, precision 66.67 %, recall 66.67 %, false alarms 33.33 % of normal records

                label     records     flagged     share     AUROC
                fine            3           1   33.33 %         -
                bad             2           2  100.00 %   83.33 %
                odd             1           0    0.00 %   33.33 %
                """);
    }

    @Test
    void writesTheScoresWithTheLabelAsItStands() throws IOException {
        Path scores = folder.resolve("scores.csv");

        CommandLineRun run = evaluate(file(DATA), "label", "fine", "--out", scores.toString(), "--alarm-rate", "0.5");

        assertThat(run.out()).contains("At an alarm rate of 1/2: ");
        assertThat(Files.readAllLines(scores))
                .hasSize(8)
                .contains(
                        "score,p_value,anomaly,elbo,log_likelihood,reconstruction_log_probability,label,error",
                        "2.25,0.98,false,-2.25,-2.25,-2.25,odd,",
                        ",,,,,,fine,\"field 'kind' has no value, and the spec does not call it optional\"");
    }

    @Test
    void takesALabelThatTheModelDoesNotKnow() throws IOException {
        Path data = file("truth,x,y,kind\n0,1,1,a\n1,5,5,a\n");

        CommandLineRun run = evaluate(data, "truth", "0");

        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("AUROC 100.00 %");
    }

    @Test
    void saysSoWhenNothingIsNormal() throws IOException {
        Path data = file(DATA);

        assertThat(evaluate(data, "label", "Fine").errors())
                .isEqualTo("surprisal: " + data
                        + ": no scored record has 'Fine' as its 'label'; there are 'bad', 'fine', 'odd'\n");
        assertThat(evaluate(data, "lable", "fine").errors())
                .endsWith("data: there is no column 'lable'; there are kind, label, x, y\n");
        assertThat(evaluate(file("{\"x\":1,\"y\":1,\"kind\":\"a\"}\n"), "label", "fine")
                        .errors())
                .endsWith("no scored record has 'fine' as its 'label'\n");
    }

    @Test
    void tellsThePrecisionFromFeedbackAlone() throws IOException {
        String event =
                "{\"topic\":\"t\",\"partition\":0,\"offset\":%d,\"verdict\":\"%s\",\"by\":\"Ada\",\"time\":1%s}%n";
        String labels = String.format(event, 1, "confirmed", ",\"record\":{\"x\":30,\"y\":0,\"kind\":\"b\"}")
                + String.format(event, 2, "false_alarm", ",\"record\":{\"x\":1,\"y\":0,\"kind\":\"a\"}")
                // The last one counts.
                + String.format(event, 3, "confirmed", ",\"record\":{\"x\":20,\"y\":0,\"kind\":\"a\"}")
                + String.format(event, 3, "false_alarm", ",\"record\":{\"x\":20,\"y\":0,\"kind\":\"a\"}")
                + String.format(event, 4, "confirmed", "")
                + String.format(event, 5, "confirmed", ",\"record\":{\"x\":\"much\",\"y\":0,\"kind\":\"a\"}");
        Path file = Files.writeString(folder.resolve("labels.jsonl"), labels);

        CommandLineRun run = CommandLineRun.of("evaluate", "--model", model, "--labels", file);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).isEqualToNormalizingNewlines("""
                3 labelled records: 1 confirmed anomalies, 2 false alarms
                1 labels more are of records that are gone
                1 labelled records more cannot be scored
                At an alarm rate of 1/50: precision 50.00 % (1 of 2; 95 % from 1.26 % to 98.74 %)
                Confirmed anomalies flagged: 100.00 % (1 of 1; 95 % from 2.50 % to 100.00 %)
                False alarms flagged again:  50.00 % (1 of 2; 95 % from 1.26 % to 98.74 %)
                """);
        assertThat(CommandLineRun.of("evaluate", "--model", model, "--labels", file, "--label", "x")
                        .status())
                .isEqualTo(2);
        assertThat(CommandLineRun.of("evaluate", "--model", model, "--labels", file, "--alarm-rate", "fdr 10%")
                        .errors())
                .contains("looks back");
        Files.writeString(file, labels + "no label\n");
        assertThat(CommandLineRun.of("evaluate", "--model", model, "--labels", file)
                        .errors())
                .contains("labels.jsonl line 7: a label is JSON");
        Files.writeString(file, String.format(event, 4, "confirmed", ""));
        assertThat(CommandLineRun.of("evaluate", "--model", model, "--labels", file)
                        .errors())
                .contains("none of its 1 labels has a record that can be scored");
        Files.writeString(file, "\n");
        assertThat(CommandLineRun.of("evaluate", "--model", model, "--labels", file)
                        .errors())
                .contains("there is no label in it");
    }

    @Test
    void refusesWrongUsage() {
        CommandLineRun run = CommandLineRun.of("evaluate", "--model", model, "--data", "x");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("--label=FIELD").contains("--normal=VALUE");
    }

    private CommandLineRun evaluate(Path data, String label, String normal, String... more) {
        return CommandLineRun.of(Stream.concat(
                        Stream.of("evaluate", "--model", model, "--data", data, "--label", label, "--normal", normal),
                        Stream.of(more))
                .toArray());
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("data"), text);
    }
}
