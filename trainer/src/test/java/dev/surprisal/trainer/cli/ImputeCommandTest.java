package dev.surprisal.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The {@code impute} command, with a model of x, y = 2 x + 5, whether x is positive, and its side. */
class ImputeCommandTest {

    @TempDir
    private static Path folder;

    private static Path model;

    @BeforeAll
    static void train() throws IOException {
        Random random = new Random(6);
        List<String> lines = new ArrayList<>(List.of("id,time,x,y,positive,side"));
        for (int i = 0; i < 1_500; i++) {
            double x = random.nextGaussian();
            lines.add(i + ",2026-03-0" + (1 + i % 7) + "T10:00:00Z," + x + ","
                    + (5 + 2 * x + 0.1 * random.nextGaussian()) + "," + (x > 0) + "," + (x < 0 ? "left" : "right"));
        }
        Path data = Files.write(folder.resolve("records.csv"), lines);
        Path spec = Files.writeString(folder.resolve("spec.yaml"), """
                format: 1
                name: points
                fields:
                  - {name: id, type: ignored}
                  - {name: time, type: timestamp}
                  - {name: x, type: number}
                  - {name: y, type: number, optional: true}
                  - {name: positive, type: boolean, optional: true}
                  - {name: side, type: category, optional: true}
                """);
        model = folder.resolve("model.onnx");
        assertThat(CommandLineRun.of("train", "--spec", spec, "--data", data, "--out", model)
                        .status())
                .isZero();
    }

    @Test
    void fillsInWhatIsExpectedAndLeavesTheRestAsItStands() throws IOException {
        Path data = write("gaps.csv", """
                id,time,x,y,positive,side
                "a, b",2026-03-01T10:00:00Z,1.50,NA,true,right
                c,,-1,3.00,,
                d,2026-03-01T10:00:00Z,1,7,true,right
                e,2026-03-01T10:00:00Z,one,,true,right
                """);
        Path out = folder.resolve("completed.csv");

        CommandLineRun run = CommandLineRun.of("impute", "--model", model, "--data", data, "--out", out);

        assertThat(run.status()).as(run.err()).isZero();
        List<String> lines = Files.readAllLines(out);
        assertThat(lines.get(0)).isEqualTo("id,time,x,y,positive,side");
        assertThat(lines.get(1))
                .startsWith("\"a, b\",2026-03-01T10:00:00Z,1.50,")
                .endsWith(",true,right");
        assertThat(Double.parseDouble(lines.get(1).split(",", -1)[4])).isCloseTo(8, within(1.0));
        assertThat(lines.get(2)).isEqualTo("c,,-1,3.00,false,left");
        assertThat(lines.get(3)).isEqualTo("d,2026-03-01T10:00:00Z,1,7,true,right");
        assertThat(lines.get(4)).isEqualTo("e,2026-03-01T10:00:00Z,one,,true,right");
        assertThat(run.err())
                .contains("4 records, 2 of them completed: 3 values filled in, 1 left missing")
                .contains("1 records do not fit the spec")
                .contains("line 5: field 'x' holds text, 'one', where a number belongs");
    }

    @Test
    void writesOnlyTheFieldsAskedForAndTheirScales() throws IOException {
        Path data = write("some.csv", """
                id,time,x,y,positive,side
                a,2026-03-01T10:00:00Z,1,,true,
                b,2026-03-01T10:00:00Z,1,7,true,
                """);
        Path out = folder.resolve("some.csv.gz");

        CommandLineRun run = CommandLineRun.of(
                "impute", "--model", model, "--data", data, "--out", out, "--fields", "y", "--scale", "--rounds", "0");

        assertThat(run.status()).as(run.err()).isZero();
        String text = new String(new GZIPInputStream(Files.newInputStream(out)).readAllBytes(), StandardCharsets.UTF_8);
        List<String> lines = text.lines().toList();
        assertThat(lines.get(0)).isEqualTo("id,time,x,y,positive,side,y_scale");
        String[] first = lines.get(1).split(",", -1);
        assertThat(Double.parseDouble(first[3])).isCloseTo(7, within(1.0));
        assertThat(first[5]).isEmpty();
        assertThat(Double.parseDouble(first[6])).isBetween(0.01, 3.0);
        assertThat(lines.get(2)).isEqualTo("b,2026-03-01T10:00:00Z,1,7,true,,");
    }

    @Test
    void keepsJsonLinesJsonLines() throws IOException {
        Path data = write("gaps.jsonl", """
                {"id": 1, "x": 1.50, "y": null, "positive": true, "more": {"kept": [1, 2.50]}}
                {"id":2,"time":"2026-03-01T10:00:00Z","x":1,"y":7.0,"positive":true,"side":"right"}
                """);

        CommandLineRun run = CommandLineRun.of("impute", "--model", model, "--data", data, "--out", "-", "--scale");

        assertThat(run.status()).as(run.err()).isZero();
        List<String> lines = run.out().lines().toList();
        JsonNode completed = new ObjectMapper().readTree(lines.get(0));
        assertThat(lines.get(0)).contains("\"x\":1.50,").contains("\"more\":{\"kept\":[1,2.50]}");
        assertThat(completed.get("y").asDouble()).isCloseTo(8, within(1.0));
        assertThat(completed.get("y_scale").asDouble()).isPositive();
        assertThat(completed.get("side").asText()).isEqualTo("right");
        assertThat(completed.has("time")).isFalse();
        assertThat(lines.get(1)).isEqualTo(Files.readAllLines(data).get(1));
    }

    @Test
    void saysWhatCannotBeDone() throws IOException {
        Path data = write("one.csv", "id,time,x,y,positive,side\na,,1,,,\n");
        Path out = folder.resolve("never.csv");

        CommandLineRun unknown =
                CommandLineRun.of("impute", "--model", model, "--data", data, "--out", out, "--fields", "time");
        CommandLineRun negative =
                CommandLineRun.of("impute", "--model", model, "--data", data, "--out", out, "--rounds", "-1");

        assertThat(unknown.status()).isEqualTo(1);
        assertThat(unknown.err())
                .contains("the field 'time' cannot be filled in")
                .contains("fills in x, y, positive, side");
        assertThat(negative.status()).isEqualTo(2);
        assertThat(out).doesNotExist();
    }

    private static Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
