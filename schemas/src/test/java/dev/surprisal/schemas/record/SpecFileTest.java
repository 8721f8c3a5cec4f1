package dev.surprisal.schemas.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecFileTest {

    @Test
    void readsEveryKey() {
        RecordSpec spec = SpecFile.parse("""
                format: 1
                name: parcels
                csv: {header: false, delimiter: ";"}
                fields:
                  - {name: weight, type: number, likelihood: gaussian, optional: true}
                  - {name: items, type: number, likelihood: negative-binomial}
                  - {name: sent, type: timestamp, format: epoch-millis, zone: Europe/Berlin}
                  - {name: express, type: boolean}
                  - {name: to.country, type: category}
                  - {name: id, type: ignored}
                """, "spec.yaml");

        assertThat(spec.csv()).isEqualTo(new RecordSpec.CsvShape(false, ';'));
        assertThat(spec.fields().get(0))
                .isEqualTo(new Field("weight", FieldType.NUMBER, true, Likelihood.GAUSSIAN, null, null));
        assertThat(spec.fields().get(1).likelihood()).isEqualTo(Likelihood.NEGATIVE_BINOMIAL);
        assertThat(spec.numberColumns()).extracting(Column::name).containsExactly("weight", "items", "express");
        assertThat(spec.categoryColumns())
                .extracting(Column::name)
                .containsExactly("sent.hour", "sent.weekday", "to.country");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {name: a, type: number, typo: 1}                  | line 4, field number 1: unknown key 'typo'; known here are format, likelihood, name, optional, type, zone
            {name: a, type: numbr}                            | 'numbr' is no value of 'type'; use number, category, boolean, timestamp, ignored
            {name: a}                                         | line 4, field number 1: not a record spec: Missing required creator property 'type'
            {name: a, type: number, likelihood: counts}       | 'counts' is no value of 'likelihood'; use student-t, gaussian, heteroscedastic, negative-binomial
            {name: a, type: boolean, likelihood: gaussian}    | field 'a': 'likelihood' is for numbers only
            {name: a, type: number, zone: UTC}                | 'format' and 'zone' are for timestamps only
            {name: a, type: timestamp, zone: Mars}            | 'Mars' is not a time zone
            {name: a, type: timestamp, format: nonsense}      | 'nonsense' is no timestamp format
            {name: a, type: ignored}                          | no field that a model could learn
            {name: a, type: number}, {name: a, type: number}  | field 'a' stands twice
            {name: a, type: number, type: number}             | Duplicate field 'type'
            """)
    void namesTheLineAndWhatIsWrong(String field, String message) {
        String yaml = "format: 1\nname: x\nfields:\n  [" + field + "]\n";

        assertThatThrownBy(() -> SpecFile.parse(yaml, "spec.yaml"))
                .isInstanceOf(SpecException.class)
                .hasMessageStartingWith("spec.yaml")
                .hasMessageContaining(message);
    }

    @Test
    void namesTheFileAndWhatIsWrongWithIt(@TempDir Path folder) throws IOException {
        Path absent = folder.resolve("absent.yaml");
        Path latin = Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xE4});
        Path empty = Files.createFile(folder.resolve("empty.yaml"));

        assertThatThrownBy(() -> SpecFile.read(absent))
                .hasMessage(absent + ": there is no such file; `describe` writes a spec from a data file");
        assertThatThrownBy(() -> SpecFile.read(latin)).hasMessage(latin + ": not text in UTF-8");
        assertThatThrownBy(() -> SpecFile.read(empty))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("empty.yaml");
        assertThatThrownBy(() -> SpecFile.parse("format: 2\nname: x\nfields: []\n", "spec.yaml"))
                .hasMessageContaining("format 2 of a record spec is unknown");
    }
}
