package dev.surprisal.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.schemas.event.Label;
import dev.surprisal.schemas.event.RecordCoordinates;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.schemas.record.Vocabulary;
import dev.surprisal.trainer.data.TrainingData.Selection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading a whole file for training: rows, vocabularies, unseen mass, fingerprint, and what cannot be trained on. */
class TrainingDataTest {

    private static final RecordSpec SPEC = spec("");

    @TempDir
    private Path folder;

    @Test
    void numbersValuesByFrequencyAndFoldsTheRare() throws IOException {
        TrainingData data = read("x,kind\n1,once\n2,b\n3,c\n4,c\n,b\n6,a\n7,a\n8,c\n9,also\n10,\n");

        assertThat(data.vocabularies()).containsExactly(new Vocabulary(List.of("c", "a", "b")));
        assertThat(rows(data).categories()).containsExactly(0, 3, 1, 1, 3, 2, 2, 1, 0, -1);
        assertThat(rows(data).numbers()).startsWith(1, 2, 3, 4, Float.NaN, 6).hasSize(10);
        assertThat(data.unseenProbability()).containsExactly((2 + 1.0) / (9 + 2));
    }

    @Test
    void keepsAThousandValuesAtMost() throws IOException {
        StringBuilder text = new StringBuilder("x,kind\n");
        for (int value = 0; value < 1_200; value++) {
            String line = String.format("1,v%04d%n", value);
            text.append(line).append(line).append(value % 2 == 0 ? line : "");
        }

        TrainingData data = read(text.toString());

        List<String> values = data.vocabularies().get(0).values();
        assertThat(values)
                .hasSize(1_000)
                .startsWith("v0000", "v0002")
                .contains("v0797")
                .doesNotContain("v0801");
        assertThat(values.get(600)).isEqualTo("v0001");
        assertThat(data.unseenProbability()[0]).isCloseTo((400 + 1.0) / (3_000 + 2), within(1e-12));
    }

    @Test
    void boundsTheUnseenMass() throws IOException {
        StringBuilder text = new StringBuilder("x,kind\n1,a\n1,a\n");
        for (int value = 0; value < 100; value++) {
            text.append("1,v").append(value).append('\n');
        }

        assertThat(read(text.toString()).unseenProbability()).containsExactly(0.5);
        assertThat(read("x,kind\n" + "1,a\n".repeat(98)).unseenProbability()).containsExactly(0.01);
    }

    @Test
    void leavesConfirmedAnomaliesOutAndTakesFalseAlarmsAsNormal() throws IOException {
        String line = "{\"surprisal.record\":\"t/0/%d\",\"x\":%d,\"kind\":\"a\",\"label\":\"%s\"}%n";
        String text = String.format(line, 1, 1, "normal")
                + String.format(line, 2, 2, "normal")
                + String.format(line, 3, 3, "odd")
                + String.format(line, 4, 4, "odd")
                + "{\"x\":5,\"kind\":\"a\",\"label\":\"normal\"}\n";
        Path file = Files.writeString(folder.resolve("data"), text);
        Selection selection = new Selection("label", "normal", 0)
                .with(List.of(label(2, Label.Verdict.CONFIRMED), label(3, Label.Verdict.FALSE_ALARM)));

        TrainingData data = read(file, SPEC, selection);

        assertThat(rows(data).numbers()).containsExactly(1, 3, 5);
        assertThat(data.leftOut()).isEqualTo(1);
        Files.writeString(file, "{\"surprisal.record\":\"nowhere\",\"x\":1,\"kind\":\"a\",\"label\":\"normal\"}\n");
        assertThatThrownBy(() -> read(file, SPEC, selection))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("line 1: 'surprisal.record': the coordinates of a record look like");
    }

    private static Label.Labelled label(long offset, Label.Verdict verdict) {
        RecordCoordinates record = new RecordCoordinates("t", 0, offset);
        return new Label.Labelled(new Label(record, null, verdict, "Ada", Instant.EPOCH, null), null);
    }

    @Test
    void tellsKnownAnomaliesFromRecordsWithoutALabel() throws IOException {
        String text = "x,kind,label\n1,a,normal\n2,b,bad\n3,a,\n4,a,normal\n5,b,worse\n";
        Path file = Files.writeString(folder.resolve("data"), text);

        TrainingData data = read(file, SPEC, new Selection("label", "normal", 0, true));

        assertThat(rows(data).numbers()).containsExactly(1, 3, 4);
        assertThat(data.anomalies().numbers()).containsExactly(2, 5);
        assertThat(data.anomalies().categories()).containsExactly(2, 2);
        assertThat(data.fingerprint())
                .isNotEqualTo(
                        read(file, SPEC, new Selection("label", "normal", 0)).fingerprint());
    }

    @Test
    void takesOnlyWhatItIsAskedFor() throws IOException {
        String text = "x,kind,label\n1,a,normal\n2,b,bad\nnone,b,bad\n3,a,normal\n4,a,normal\n";
        Path file = Files.writeString(folder.resolve("data"), text);

        TrainingData normal = read(file, SPEC, new Selection("label", "normal", 0));
        TrainingData first = read(file, SPEC, new Selection("label", "normal", 2));

        assertThat(rows(normal).numbers()).containsExactly(1, 3, 4);
        assertThat(normal.vocabularies()).containsExactly(new Vocabulary(List.of("a")));
        assertThat(rows(first).numbers()).containsExactly(1, 3);
    }

    @Test
    void filtersJsonByNestedLabels() throws IOException {
        Path file = Files.writeString(folder.resolve("data"), """
                {"x":1,"kind":"a","truth":{"fraud":false}}
                {"x":2,"kind":"a","truth":{"fraud":true}}
                {"x":3,"kind":"a","truth":{"fraud":false}}
                """);

        assertThat(rows(read(file, SPEC, new Selection("truth.fraud", "false", 0)))
                        .numbers())
                .containsExactly(1, 3);
    }

    @Test
    void hasAFingerprintOfItsContent() throws IOException {
        String text = "x,kind\n1,a\n2,a\n";

        assertThat(read(text).fingerprint())
                .hasSize(64)
                .isEqualTo(read("kind,x\r\n\"a\",1.0\na,2e0\n").fingerprint());
        assertThat(List.of(
                        read(text).fingerprint(),
                        read("x,kind\n1,b\n2,b\n").fingerprint(),
                        read("x,kind\n2,a\n1,a\n").fingerprint(),
                        read("x,kind\n1,a\n,a\n").fingerprint(),
                        read("x,kind\n1,\"a, b\"\n2,\"a, b\"\n").fingerprint(),
                        read("x,kind\n1,a\n2,a\n2,a\n").fingerprint()))
                .doesNotHaveDuplicates();
    }

    @Test
    void namesTheLineOfARecordThatCannotBeRead() {
        refuses("x,kind\n1,a\nseven,a\n", "data line 3: field 'x' holds text, 'seven', where a number belongs");
        refuses("{\"x\":1,\"kind\":\"a\"}\n{\"x\":\"1\"}\n", "data line 2: field 'x' holds text, '1',");
        refuses("{\"x\":1,\"kind\":\"a\"}\nnot json\n", "data line 2: the record is not JSON: ");
    }

    @Test
    void doesNotPassOverBrokenRecordsWhereALabelIsAskedFor() throws IOException {
        Path file = Files.writeString(folder.resolve("data"), "{\"x\":1,\"kind\":\"a\",\"l\":0}\n{\"l\":\n");

        assertThatThrownBy(() -> read(file, SPEC, new Selection("l", "0", 0)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("data line 2: the record is not JSON: ");
    }

    @Test
    void refusesWhatLeavesNothingToLearn() throws IOException {
        refuses(
                "x,kind\n1,a\n2,b\n3,\n",
                "data: no value of the field 'kind' comes twice in 3 records, so there is nothing to learn of it; make it `type: ignored` in the spec");
        Path file = Files.writeString(folder.resolve("data"), "x,kind,label\n1,a,bad\n");
        assertThatThrownBy(() -> read(file, SPEC, new Selection("label", "normal", 0)))
                .isInstanceOf(DataException.class)
                .hasMessageEndingWith("data: there is no record whose 'label' is 'normal'");
        assertThatThrownBy(() -> read(file, SPEC, new Selection("lable", "normal", 0)))
                .isInstanceOf(DataException.class)
                .hasMessageEndingWith("data: there is no column 'lable'; there are kind, label, x");
    }

    @Test
    void namesTheFieldOfATimestampThatNeverRepeats() throws IOException {
        Path file =
                Files.writeString(folder.resolve("data"), "x,kind,at\n1,a,2024-01-01T00:00\n1,a,2024-01-02T01:00\n");

        assertThatThrownBy(() -> read(file, spec("  - {name: at, type: timestamp}\n"), Selection.ALL))
                .hasMessageContaining("no value of the field 'at' comes twice");
    }

    @Test
    void rowsThatDoNotFitIntoMemoryAreTheSameAndLeaveNoFile() throws IOException {
        StringBuilder text = new StringBuilder("x,kind\n");
        for (int i = 0; i < 300_000; i++) {
            text.append(i % 7 == 0 ? "" : Integer.toString(i))
                    .append(",v")
                    .append(i % 11)
                    .append('\n');
        }
        Path file = Files.writeString(folder.resolve("data"), text);
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        TrainingData inMemory = read(file, SPEC, Selection.ALL);

        try (TrainingData spilled = TrainingData.read(
                file, SPEC, Selection.ALL, new RowStore.Overflow(elsewhere, 1 << 20), position -> {})) {
            assertThat(inMemory.rows().isSpilled()).isFalse();
            assertThat(spilled.rows().isSpilled()).isTrue();
            assertThat(elsewhere).isEmptyDirectory();
            assertThat(spilled.fingerprint()).isEqualTo(inMemory.fingerprint());
            assertThat(spilled.vocabularies()).isEqualTo(inMemory.vocabularies());
            assertThat(rows(spilled).numbers()).isEqualTo(rows(inMemory).numbers());
            assertThat(rows(spilled).categories()).isEqualTo(rows(inMemory).categories());
        }
    }

    @Test
    void saysWhereTheRowsFoundNoPlace() throws IOException {
        Path file = Files.writeString(folder.resolve("data"), "x,kind\n" + "1,a\n".repeat(300_000));

        assertThatThrownBy(() -> TrainingData.read(
                        file, SPEC, Selection.ALL, new RowStore.Overflow(folder.resolve("nowhere"), 0), position -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("nowhere: the temporary file of rows cannot be written")
                .hasMessageEndingWith("; --temp names another folder");
    }

    @Test
    void stopsWhenInterrupted() throws IOException {
        Path file = Files.writeString(folder.resolve("data"), "x,kind\n" + "1,a\n".repeat(20_000));
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> read(file, SPEC, Selection.ALL)).isInstanceOf(CancellationException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private TrainingData read(String text) throws IOException {
        return read(Files.writeString(folder.resolve("data"), text), SPEC, Selection.ALL);
    }

    private static EncodedRows rows(TrainingData data) {
        return data.rows().first(Integer.MAX_VALUE);
    }

    private static TrainingData read(Path file, RecordSpec spec, Selection selection) {
        return TrainingData.read(file, spec, selection, position -> {});
    }

    private void refuses(String text, String message) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(DataException.class).hasMessageContaining(message);
    }

    private static RecordSpec spec(String more) {
        return SpecFile.parse(
                "format: 1\nname: test\nfields:\n  - {name: x, type: number, optional: true}\n  - {name: kind, type: category, optional: true}\n"
                        + more,
                "test.yaml");
    }
}
