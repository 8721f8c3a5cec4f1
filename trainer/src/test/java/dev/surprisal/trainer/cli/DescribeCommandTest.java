package dev.surprisal.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.schemas.record.SpecFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The {@code describe} command. */
class DescribeCommandTest {

    @TempDir
    private Path folder;

    private Path data;
    private Path spec;

    @BeforeEach
    void write() throws IOException {
        data = Files.writeString(folder.resolve("card payments.csv"), "amount,fraud\n1.5,no\n2,yes\n");
        spec = folder.resolve("spec.yaml");
    }

    @Test
    void printsASpecAlone() {
        CommandLineRun run = CommandLineRun.of("describe", data);

        assertThat(run.status()).isZero();
        assertThat(SpecFile.parse(run.out(), "printed").name()).isEqualTo("card-payments");
        assertThat(run.errors())
                .isEqualTo("Next: give it --out SPEC, read and correct what it writes, and train with it.\n");
    }

    @Test
    void writesASpecAndSaysWhatIsNext() {
        CommandLineRun run = CommandLineRun.of("describe", data, "--out", spec, "--label", "fraud", "--name", "pay");

        assertThat(run.status()).isZero();
        assertThat(SpecFile.read(spec).name()).isEqualTo("pay");
        assertThat(run.out())
                .contains("spec.yaml: 2 fields, seen in 2 records.")
                .contains("Next: surprisal train --spec " + spec + " --data " + data
                        + " --label fraud --normal VALUE --out model.onnx");
    }

    @Test
    void doesNotOverwriteEdits() throws IOException {
        Files.writeString(spec, "edited");

        CommandLineRun refused = CommandLineRun.of("describe", data, "--out", spec);

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.errors())
                .isEqualTo("surprisal: " + spec
                        + ": exists already, perhaps with edits of yours; --force overwrites it\n");
        assertThat(spec).hasContent("edited");
        assertThat(CommandLineRun.of("describe", data, "--out", spec, "--force").status())
                .isZero();
        assertThat(SpecFile.read(spec).fields()).hasSize(2);
    }

    @Test
    void failsInOneSentence() {
        CommandLineRun run = CommandLineRun.of("describe", folder.resolve("none.csv"), "--out", spec);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errors()).isEqualTo("surprisal: " + folder.resolve("none.csv") + ": there is no such file\n");
        assertThat(spec).doesNotExist();
        assertThat(CommandLineRun.of("describe").status()).isEqualTo(2);
    }
}
