package dev.surprisal.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.record.Field;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecException;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.trainer.data.TrainingData.Selection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Specs drawn from files: what each kind of column becomes, and that the spec reads the file that it was drawn from. */
class SpecDraftTest {

    @TempDir
    private Path folder;

    /** Columns of a constructed file, the value of row i in each, and the type to find. */
    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "amount    | %1$d.5                                      | number",
                "code      | %3$d                                        | number",
                "constant  | 7                                           | number",
                "rate      | 1e-%3$d                                     | number",
                "flag      | %2$d                                        | category",
                "fraud     | %4$s                                        | boolean",
                "row       | %1$d                                        | ignored",
                "order_id  | K-%1$d-x                                    | ignored",
                "method    | m%3$d                                       | category",
                "hex       | 0x1p%3$d                                    | category",
                "when      | 2024-02-%5$02d %5$02d:00:00                 | timestamp",
                "day       | 2024-02-%5$02d                              | timestamp",
                "zoned     | 2024-02-%5$02dT%5$02d:00:00Z                | timestamp",
                "german    | %5$02d.02.2024 %5$02d:00                    | timestamp:dd.MM.yyyy HH:mm",
                "american  | 02/%5$02d/2024 %5$02d:00:00                 | timestamp:MM/dd/yyyy HH:mm:ss",
                "british   | %5$02d/02/2024                              | timestamp:dd/MM/yyyy",
                "timestamp | 17%1$08d                                    | timestamp:epoch-seconds",
                "created_at| 17%1$08d123                                 | timestamp:epoch-millis",
            })
    void tellsTypes(String name, String pattern, String expected) throws IOException {
        String text = IntStream.range(0, 300)
                .mapToObj(i -> String.format(pattern, i, i % 2, i % 7, i % 3 == 0 ? "yes" : "No", 1 + (i * 5) % 23))
                .collect(Collectors.joining("\n", name + "\n", "\n"));

        Field field = spec(lines(name, text)).fields().get(0);

        String type = field.type().name().toLowerCase(Locale.ROOT);
        assertThat(field.format() == null ? type : type + ":" + field.format()).isEqualTo(expected);
        assertThat(field.optional()).isFalse();
        assertThat(field.likelihood()).as("the usual one, of counts too").isNull();
    }

    /** A second column, so that there is something to learn where the first is ignored. */
    private static String lines(String name, String text) {
        return text.lines()
                .map(line -> line.equals(name) ? line + ",other\n" : line + ",1.5\n")
                .collect(Collectors.joining());
    }

    @Test
    void marksWhatMayBeMissingAndSaysHowOften() throws IOException {
        String yaml = draft("a,b,c\n1,x,\n,x,\n3,?,\n4,y,\n5,y,\n").toYaml();

        assertThat(SpecFile.parse(yaml, "drawn").fields())
                .extracting(Field::type, Field::optional)
                .containsExactly(
                        tuple(FieldType.NUMBER, true),
                        tuple(FieldType.CATEGORY, true),
                        tuple(FieldType.IGNORED, false));
        assertThat(yaml)
                .contains("# 1 to 5, such as 1, 3, 4; 20.0 % missing")
                .contains("# 2 values, such as x, y; 20.0 % missing")
                .contains("# has no value in any record; 100 % missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t", "|"})
    void findsDelimiterAndHeader(String delimiter) throws IOException {
        String named = "a,\"b,;\t|\",c\n1,x,2\n2,x,2\n".replace(",", delimiter);
        String bare = "1,x,2\n2,x,2\n".replace(",", delimiter);

        RecordSpec withHeader = spec(named);
        RecordSpec without = spec(bare);

        assertThat(withHeader.csv()).isEqualTo(new RecordSpec.CsvShape(true, delimiter.charAt(0)));
        assertThat(withHeader.fields()).extracting(Field::name).startsWith("a").endsWith("c");
        assertThat(without.csv()).isEqualTo(new RecordSpec.CsvShape(false, delimiter.charAt(0)));
        assertThat(without.fields()).extracting(Field::name).containsExactly("f1", "f2", "f3");
    }

    @Test
    void tellsTextWithoutAHeaderFromNames() throws IOException {
        RecordSpec spec = spec("tcp,http\nudp,dns\ntcp,dns\n");

        assertThat(spec.csv().header()).isFalse();
        assertThat(spec.fields()).extracting(Field::name).containsExactly("f1", "f2");
        assertThat(draft("tcp,http\nudp,dns\ntcp,dns\n").records()).isEqualTo(3);
    }

    @Test
    void takesWhatJsonQuotesForText() throws IOException {
        RecordSpec spec = spec("""
                {"n": 1.5, "quoted": "12", "b": true, "t": "2024-01-01T10:00:00Z", "deep": {"er": 1, "list": [1]}, "na": "NA", "gone": null, "mixed": 1}
                {"n": 2, "quoted": "12", "b": true, "t": "2024-01-01T11:00:00Z", "deep": {"er": 2}, "na": "NA", "mixed": "2024-01-01", "late": 1}
                """);

        assertThat(spec.fields())
                .extracting(Field::name, field -> field.type() + (field.optional() ? "?" : ""))
                .containsExactly(
                        tuple("n", "NUMBER"),
                        tuple("quoted", "CATEGORY"),
                        tuple("b", "BOOLEAN"),
                        tuple("t", "TIMESTAMP"),
                        tuple("deep.er", "NUMBER"),
                        tuple("deep.list", "IGNORED"),
                        tuple("na", "CATEGORY"),
                        tuple("gone", "IGNORED"),
                        tuple("mixed", "CATEGORY"),
                        tuple("late", "NUMBER?"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a;b;c;when\n1,5;x;1;2024-01-01 10:00\n1,5;x;0;2024-01-01 10:05\n",
                "1,x,\"a, b\",\n2,x,\"a, b\",\n",
                "{\"yes\":true,\"12\":\"a\",\"a b\":1,\"\":2,\"c\\\"d\":{\"\\u00e9\":null}}\n{\"yes\":false,\"12\":\"a\",\"a b\":1}\n",
                "no,on,-,#,: \n1,2,3,4,5\n1,2,3,4,6\n"
            })
    void drawsSpecsThatReadTheirFile(String text) throws IOException {
        Path file = file(text);

        RecordSpec spec = spec(text);

        assertThat(TrainingData.read(file, spec, Selection.ALL, position -> {})
                        .rows()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void ignoresTheLabelAndTakesAName() throws IOException {
        Path file = file("a,fraud\n1,0\n2,1\n3,0\n4,1\n");

        String yaml = SpecDraft.of(file, "payments", "fraud", position -> {}).toYaml();

        RecordSpec spec = SpecFile.parse(yaml, "drawn");
        assertThat(spec.name()).isEqualTo("payments");
        assertThat(spec.fields().get(1)).isEqualTo(Field.of("fraud", FieldType.IGNORED));
        assertThat(yaml).contains("# the label; 2 values, such as 0, 1");
        assertThatThrownBy(() -> SpecDraft.of(file, null, "lable", position -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageEndingWith("data.csv: there is no field 'lable'; there are a, fraud");
        assertThatThrownBy(() -> SpecDraft.of(file, "my payments", null, position -> {}))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("'my payments'");
    }

    @Test
    void saysSoWhereNothingCanBeLearnt() throws IOException {
        String yaml = draft("id\nk1\nk2\nk3\n").toYaml();

        assertThat(yaml).contains("# No field looks like one to learn from: give at least one another type.");
        assertThatThrownBy(() -> SpecFile.parse(yaml, "drawn")).hasMessageContaining("all are ignored");
    }

    @Test
    void staysSmallWhateverTheValues() throws IOException {
        String text = "note,id\n" + "%s,%s\n".repeat(2_000);
        Object[] values = IntStream.range(0, 4_000)
                .mapToObj(i -> i % 2 == 0 ? "word ".repeat(1 + i) : "id" + i)
                .toArray();

        String yaml = draft(String.format(text, values)).toYaml();

        assertThat(yaml)
                .hasSizeLessThan(1_500)
                .contains("# text of up to 19995 characters")
                .contains("# more than 1000 different values, an identifier or free text");
    }

    @Test
    void refusesWhatIsNoFileOfRecords() {
        refuses("", "the file is empty");
        refuses("a,b\n", "there is a header but no record");
        refuses("a,b\n1,2\n3\n", "line 3: 1 columns where 2 are expected");
        refuses(",b\n1,2\n3,4\n", "column 1 has no name in the header; give it one");
        refuses("a,a\n1,2\n3,4\n", "the column 'a' stands twice in the header");
        refuses("{\"a\":1}\n[1]\n", "line 2: not a JSON object");
        refuses("{\"a\":1}\n{\"a\":}\n", "line 2: not JSON: ");
        String keyedById =
                IntStream.range(0, 10_001).mapToObj(i -> "{\"k" + i + "\":1}\n").collect(Collectors.joining());
        refuses(keyedById, "more than 10000 different fields; are keys of its objects values, such as identifiers?");
        assertThatThrownBy(() -> SpecDraft.of(folder.resolve("none"), null, null, position -> {}))
                .hasMessageEndingWith("none: there is no such file");
        assertThatThrownBy(() -> SpecDraft.of(Path.of("/"), null, null, position -> {}))
                .isInstanceOf(SurprisalException.class);
    }

    @Test
    void refusesWhatIsNotUtf8() throws IOException {
        Path file =
                Files.write(folder.resolve("latin.csv"), "a,b\n1,caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> SpecDraft.of(file, null, null, position -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageEndingWith("latin.csv: not text in UTF-8, first at line 2; convert it first");
    }

    private void refuses(String text, String message) {
        assertThatThrownBy(() -> draft(text)).isInstanceOf(DataException.class).hasMessageContaining(message);
    }

    private RecordSpec spec(String text) throws IOException {
        return SpecFile.parse(draft(text).toYaml(), "drawn");
    }

    private SpecDraft draft(String text) throws IOException {
        return SpecDraft.of(file(text), null, null, position -> {});
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("data.csv"), text);
    }
}
