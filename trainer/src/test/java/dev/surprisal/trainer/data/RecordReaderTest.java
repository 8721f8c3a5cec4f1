package dev.surprisal.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordException;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.schemas.record.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of records in all their shapes, and what each bad one is told. */
class RecordReaderTest {

    private static final RecordSpec SPEC = spec("", "");
    private static final String HEADER = "amount,kind,ok,note\n";

    private FileSystem disk;

    @BeforeEach
    void open() {
        disk = Jimfs.newFileSystem(Configuration.unix());
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amount,kind,ok,note\n1.5,a,true,x\n,b,no,y\n",
                "note,ok,kind,amount\nx,true,a,1.5\ny,no,b,\n",
                "amount,kind,ok,note\r\n1.5,a,true,x\r\nNA,b,no,y\r\n",
                "\uFEFFamount,kind,ok,note\n1.5,a,true,x\n,b,no,y",
                "\"amount\",\"kind\", ok ,note\n\"1.5\",\"a\",true,\"x, or\n\"\"y\"\"\"\n,b,no,y\n",
                "amount,kind,ok\n1.5,a,true\n,b,no\n",
                "{\"amount\": 1.5, \"kind\": \"a\", \"ok\": true, \"note\": {\"x\": [1]}}\n\n{\"kind\":\"b\",\"ok\":false,\"more\":1}\n",
                "\n  {\"amount\": 15e-1, \"kind\": \"a\", \"ok\": 1}\r\n{\"kind\":\"b\",\"ok\":\"no\",\"amount\":null}"
            })
    void readsTheSameRecordsFromEveryShape(String text) throws IOException {
        assertThat(rows(file(text), SPEC)).containsExactly("[1.5, 1.0] [1]", "[NaN, 0.0] [2]");
        assertThat(rows(gzip(text), SPEC)).containsExactly("[1.5, 1.0] [1]", "[NaN, 0.0] [2]");
    }

    @ParameterizedTest
    @ValueSource(chars = {';', '\t', '|'})
    void readsOtherDelimitersAndNoHeader(char delimiter) throws IOException {
        String json = delimiter == '\t' ? "\\t" : String.valueOf(delimiter);
        RecordSpec spec = spec("csv: {header: false, delimiter: \"" + json + "\"}\n", "");
        Path file = file("1.5,a,1,x\n?,b,0,\"y,z\"\n".replace(',', delimiter));

        assertThat(rows(file, spec)).containsExactly("[1.5, 1.0] [1]", "[NaN, 0.0] [2]");
    }

    @Test
    void tellsTheLineOfEveryRecord() throws IOException {
        List<String> lines = new ArrayList<>();
        try (RecordReader reader = RecordReader.open(file(HEADER + "1,a,1,\"two\nlines\"\n\n2,a,1,x\n"), SPEC)) {
            while (reader.next()) {
                lines.add(reader.place());
            }
        }

        assertThat(lines).containsExactly("line 2", "line 5");
    }

    @Test
    void givesTheTextOfFieldsAsItIsWritten() throws IOException {
        Path csv = file("amount,kind,ok,note,label\n1.50,a,YES,x,bad.\n");
        Path json = file(
                "json",
                "{\"amount\": 1.50, \"kind\": null, \"note\": {\"by\": {\"id\": 70e1}, \"tags\": [1, \"}\"]}, \"a.b\": \"flat\"}\n");

        try (RecordReader reader = RecordReader.open(csv, SPEC, List.of("label"))) {
            reader.next();
            assertThat(List.of(reader.text("amount"), reader.text("ok"), reader.text("label")))
                    .containsExactly("1.50", "YES", "bad.");
        }
        try (RecordReader reader = RecordReader.open(json, SPEC, List.of("label"))) {
            reader.next();
            assertThat(List.of("amount", "kind", "note.by.id", "note.tags", "a.b", "label", "note.by.none").stream()
                            .map(reader::text))
                    .containsExactly("1.50", "", "70e1", "[1, \"}\"]", "flat", "", "");
        }
    }

    @Test
    void readsNestedFields() throws IOException {
        RecordSpec spec = spec("", "  - {name: card.age, type: number}\n");
        Path file = file("{\"kind\":\"a\",\"ok\":1,\"card\":{\"age\":7}}\n{\"kind\":\"a\",\"ok\":1,\"card.age\":8}\n");

        assertThat(rows(file, spec)).containsExactly("[NaN, 1.0, 7.0] [1]", "[NaN, 1.0, 8.0] [1]");
    }

    @Test
    void goesOnAfterARecordThatDoesNotFit() throws IOException {
        Path csv = file(HEADER + "x,a,1,\n1,a,maybe,\n1e39,a,1,\n1,,1,\n2,never,1,\n");
        Path json = file("json", """
                {"amount":"x","kind":"a","ok":1}
                {"kind":"a"}
                {"kind":
                {} {}
                {"amount":2,"kind":"never","ok":true}
                """);

        assertThat(rows(csv, SPEC))
                .containsExactly(
                        "field 'amount' holds text, 'x', where a number belongs",
                        "field 'ok' holds 'maybe', which is neither true nor false",
                        "field 'amount' holds 1.0E39, beyond the range of numbers that a model takes, +-3.4e38",
                        "field 'kind' has no value, and the spec does not call it optional",
                        "[2.0, 1.0] [0]");
        List<String> ofJson = rows(json, SPEC);
        assertThat(ofJson).hasSize(5).last().isEqualTo("[2.0, 1.0] [0]");
        assertThat(ofJson.subList(0, 2))
                .containsExactly(
                        "field 'amount' holds text, 'x', where a number belongs",
                        "field 'ok' is absent, and the spec does not call it optional");
        assertThat(ofJson.get(2)).startsWith("the record is not JSON: ");
        assertThat(ofJson.get(3)).isEqualTo("something follows the record's JSON object");
    }

    @Test
    void refusesToGiveFieldsOfWhatIsNoJson() throws IOException {
        try (RecordReader reader = RecordReader.open(file("{\"kind\" \"a\"}\n[1]\n"), SPEC)) {
            reader.next();
            assertThatExceptionOfType(RecordException.class).isThrownBy(() -> reader.text("kind"));
            reader.next();
            assertThatThrownBy(() -> reader.text("kind")).hasMessage("the record is not a JSON object");
        }
    }

    @Test
    void refusesWhatIsNoFile() throws IOException {
        Path folder = Files.createDirectory(disk.getPath("folder"));

        assertThatThrownBy(() -> RecordReader.open(disk.getPath("none.csv"), SPEC))
                .isInstanceOf(DataException.class)
                .hasMessage("none.csv: there is no such file");
        assertThatThrownBy(() -> RecordReader.open(folder, SPEC))
                .isInstanceOf(DataException.class)
                .hasMessage("folder: is a folder, not a file of records");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n \n", "\uFEFF"})
    void refusesEmptyFiles(String text) throws IOException {
        refuses(file(text), "data: the file is empty");
        refuses(gzip(text), "data.gz: the file is empty");
    }

    @Test
    void refusesColumnsThatAreNotThoseOfTheSpec() throws IOException {
        refuses(file(HEADER), "data: there is a header but no record");
        refuses(
                file("amount,kind,ok,note,colour\n1,a,1,x,red\n"),
                "data: the spec does not know the column 'colour'; add it to the spec, as `type: ignored` if the model is not to look at it");
        refuses(file("amount,kind\n1,a\n"), "data: the header lacks the column 'ok' of the spec");
        refuses(file("amount,kind,ok,kind\n1,a,1,a\n"), "data: the column 'kind' stands twice in the header");
        assertThatThrownBy(() -> RecordReader.open(file("amount,kind,ok\n1,a,1\n"), SPEC, List.of("label")))
                .isInstanceOf(DataException.class)
                .hasMessage("data: there is no column 'label'; there are amount, kind, ok");
    }

    @Test
    void refusesRaggedRows() throws IOException {
        refuses(file(HEADER + "1,a,1,x\n1,a,1\n"), "data line 3: 3 columns where 4 are expected");
        refuses(file(HEADER + "1,a,1,x,y\n"), "data line 2: 5 columns where 4 are expected");
        RecordSpec headless = spec("csv: {header: false}\n", "");
        assertThatThrownBy(() -> rows(file("1,a,1\n"), headless))
                .isInstanceOf(DataException.class)
                .hasMessage("data line 1: 3 columns where 4 are expected");
    }

    @ParameterizedTest
    @ValueSource(strings = {"amount,kind,ok,note\n", "{}\n"})
    void refusesDamagedGzip(String first) throws IOException {
        byte[] whole = gzipped(first + incompressible(first, 200_000));

        byte[] wrongSum = whole.clone();
        wrongSum[whole.length - 8] ^= 1;
        refuses(write("data.gz", wrongSum), "data.gz: the gzip file is damaged: ");
        byte[] noMethod = whole.clone();
        noMethod[2] = 7;
        refuses(write("data.gz", noMethod), "data.gz: the gzip file is damaged: ");
        for (int length : new int[] {5, whole.length / 2, whole.length - 3}) {
            refuses(
                    write("data.gz", Arrays.copyOf(whole, length)),
                    "data.gz: the gzip file is truncated; copy or download it again");
        }
    }

    @Test
    void refusesWhatIsNotUtf8() throws IOException {
        byte[] latin = (HEADER + "1,a,1,x\n1,a,1,caf\u00e9\n1,a,1,x\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] lines = "{\"kind\":\"a\",\"ok\":1}\n{\"note\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
        String many = HEADER + "1,a,1,x\n".repeat(50_000);
        byte[] late = (many + "1,\u00e9,1,x\n").getBytes(StandardCharsets.ISO_8859_1);

        refuses(write("data", latin), "data: not text in UTF-8, first at line 3; convert it first");
        refuses(write("data", lines), "data: not text in UTF-8, first at line 2; convert it first");
        refuses(write("data", late), "data: not text in UTF-8, first at line 50002; convert it first");
        refuses(write("data.gz", gzipped(late)), "data.gz: not text in UTF-8, first at line 50002; convert it first");
    }

    @Test
    void refusesLinesOfGiantLength() throws IOException {
        refuses(giant("{\"note\": \""), "data line 1: longer than 16777216 characters, which no record is");
        refuses(giant(HEADER + "1,a,1,"), "data near line 2: not CSV: ");
        refuses(giant("amount,"), "data near line 1: not CSV: ");
        refuses(giant(HEADER + "1,a,1,x\n1,a,1,\""), "data near line 3: not CSV: ");
    }

    private static void refuses(Path file, String message) {
        assertThatThrownBy(() -> rows(file, SPEC))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("\n");
    }

    /** The rows of a file as text; of a record that does not fit, why. */
    private static List<String> rows(Path file, RecordSpec spec) throws IOException {
        RecordEncoder encoder = new RecordEncoder(spec, List.of(new Vocabulary(List.of("a", "b"))));
        EncodedRow row = encoder.newRow();
        List<String> rows = new ArrayList<>();
        try (RecordReader reader = RecordReader.open(file, spec)) {
            while (reader.next()) {
                try {
                    reader.encode(encoder, row);
                    rows.add(Arrays.toString(row.numbers()) + " " + Arrays.toString(row.categories()));
                } catch (RecordException e) {
                    rows.add(e.getMessage());
                }
            }
        }
        return rows;
    }

    private static RecordSpec spec(String csv, String more) {
        return SpecFile.parse(
                "format: 1\nname: test\n" + csv + "fields:\n"
                        + "  - {name: amount, type: number, optional: true}\n"
                        + "  - {name: kind, type: category}\n"
                        + "  - {name: ok, type: boolean}\n"
                        + "  - {name: note, type: ignored}\n" + more,
                "test.yaml");
    }

    private Path file(String text) throws IOException {
        return write("data", text.getBytes(StandardCharsets.UTF_8));
    }

    private Path file(String name, String text) throws IOException {
        return write(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private Path gzip(String text) throws IOException {
        return write("data.gz", gzipped(text));
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(disk.getPath(name), bytes);
    }

    private Path giant(String start) throws IOException {
        Path file = disk.getPath("data");
        byte[] piece = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(start.getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < 20; i++) {
                out.write(piece);
            }
        }
        return file;
    }

    private static String incompressible(String first, int characters) {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder();
        while (text.length() < characters) {
            String value = Long.toString(random.nextLong() >>> 1, 36);
            text.append(first.startsWith("{") ? "{\"note\":\"" + value + "\"}\n" : "1,a,1," + value + "\n");
        }
        return text.toString();
    }

    private static byte[] gzipped(String text) throws IOException {
        return gzipped(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] gzipped(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        }
        return packed.toByteArray();
    }
}
