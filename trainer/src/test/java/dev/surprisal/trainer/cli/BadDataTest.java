package dev.surprisal.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Data of every odd kind ends in an error of one sentence, or in a model that scores, with a warning where something cannot be learned. */
class BadDataTest {

    private static final int RECORDS = 60;
    private static final String SPEC = """
            format: 1
            name: bad
            fields:
              - {name: a, type: number, optional: true, likelihood: heteroscedastic}
              - {name: b, type: number, optional: true}
              - {name: c, type: category, optional: true}
            """;
    private static final Random RANDOM = new Random(41);

    @TempDir
    private Path folder;

    static Stream<Arguments> learned() {
        return Stream.of(
                Arguments.of("constant fields", record(i -> "7,0,x"), "field 'b' holds 0.0 in all records"),
                Arguments.of(
                        "a field without values",
                        record(i -> "," + normal() + ",x"),
                        "field 'a' is missing in all records"),
                Arguments.of("every other record empty", record(i -> i % 2 == 0 ? ",," : normal() + ",1,x"), ""),
                Arguments.of("two records again and again", record(i -> i % 2 == 0 ? "1,2,x" : "2,2,y"), ""),
                Arguments.of(
                        "1e30 beside 1e-30 in a field",
                        record(i -> (i == 5 ? "1e30" : i + "e-30") + "," + normal() + ",x"),
                        "field 'a' ranges from 0.0 to 1.0E30"),
                Arguments.of(
                        "1e30 beside 1e-30 across fields", record(i -> normal() + "e30," + normal() + "e-30,x"), ""),
                Arguments.of(
                        "the ends of the range",
                        record(i -> (i % 2 == 0 ? "" : "-") + "3.4e38," + normal() + ",x"),
                        ""),
                Arguments.of("labels of one class", record(i -> normal() + "," + normal() + ",normal"), ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("learned")
    void givesAModelThatScores(String name, List<String> records, String warning) throws IOException {
        CommandLineRun run = train(SPEC, records);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.err()).contains(warning).doesNotContain("\tat ");
        assertSoundScores(records.size());
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("a header only", List.of(), "there is a header but no record"),
                Arguments.of("one record", List.of("1,2,x"), "no value of the field 'c' comes twice in 1 records"),
                Arguments.of("too few", record(i -> "1,2,x").subList(0, 19), "19 records are too few"),
                Arguments.of("nothing at all", record(i -> ",,"), "no value of the field 'c' comes twice"),
                Arguments.of("distinct categories", record(i -> "1,2,x" + i), "no value of the field 'c' comes twice"),
                Arguments.of("infinity", record(i -> "1,Infinity,x"), "line 2: field 'b' holds Infinity, beyond"),
                Arguments.of("beyond floats", record(i -> "1,1e39,x"), "line 2: field 'b' holds 1.0E39, beyond"),
                Arguments.of(
                        "text", record(i -> "twelve,1,x"), "line 2: field 'a' holds text, 'twelve', where a number"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void refusesInOneSentence(String name, List<String> records, String sentence) throws IOException {
        CommandLineRun run = train(SPEC, records);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errors().lines())
                .filteredOn(line -> !line.equals("surprisal: training on the CPU"))
                .singleElement()
                .asString()
                .startsWith("surprisal: ")
                .contains(sentence);
        assertThat(folder.resolve("model.onnx")).doesNotExist();
    }

    @Test
    void refusesNumbersThatAreAllMissing() throws IOException {
        String numbers = SPEC.substring(0, SPEC.indexOf("  - {name: c"));

        CommandLineRun run = train(numbers, "a,b", record(i -> ","));

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errors()).contains("no record holds a value of any field");
    }

    @Test
    void copesWithAThousandFields() throws IOException {
        int fields = 1_000;
        String spec = IntStream.range(0, fields)
                .mapToObj(j -> "  - {name: f" + j + ", type: number}\n")
                .collect(Collectors.joining("", "format: 1\nname: wide\nfields:\n", ""));
        String header = IntStream.range(0, fields).mapToObj(j -> "f" + j).collect(Collectors.joining(","));
        List<String> records =
                record(i -> IntStream.range(0, fields).mapToObj(j -> normal()).collect(Collectors.joining(",")));

        CommandLineRun run = train(spec, header, records);

        assertThat(run.status()).as(run.err()).isZero();
        assertSoundScores(records.size());
    }

    @Test
    void keepsTheMostFrequentOfManyCategories() throws IOException {
        List<String> records = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            records.add(normal() + ",1,v" + i % 1_500);
        }

        CommandLineRun run = train(SPEC, records);

        assertThat(run.status()).as(run.err()).isZero();
        assertSoundScores(records.size());
    }

    private CommandLineRun train(String spec, List<String> records) throws IOException {
        return train(spec, "a,b,c", records);
    }

    private CommandLineRun train(String spec, String header, List<String> records) throws IOException {
        Files.writeString(folder.resolve("spec.yaml"), spec);
        List<String> lines = new ArrayList<>(List.of(header));
        lines.addAll(records);
        Files.write(folder.resolve("data.csv"), lines);
        return CommandLineRun.of(
                "train",
                "--spec",
                folder.resolve("spec.yaml"),
                "--data",
                folder.resolve("data.csv"),
                "--out",
                folder.resolve("model.onnx"),
                "--time-budget",
                "1s");
    }

    private void assertSoundScores(int records) throws IOException {
        Path scores = folder.resolve("scores.csv");
        CommandLineRun run = CommandLineRun.of(
                "score",
                "--model",
                folder.resolve("model.onnx"),
                "--data",
                folder.resolve("data.csv"),
                "--out",
                scores);
        assertThat(run.status()).as(run.err()).isZero();
        List<String> lines = Files.readAllLines(scores);
        assertThat(lines).hasSize(1 + records);
        for (String line : lines.subList(1, lines.size())) {
            assertThat(Double.parseDouble(line.substring(0, line.indexOf(',')))).isFinite();
        }
    }

    private static List<String> record(IntFunction<String> line) {
        return IntStream.range(0, RECORDS).mapToObj(line).toList();
    }

    private static String normal() {
        return String.format(Locale.ROOT, "%.4f", RANDOM.nextGaussian());
    }
}
