package dev.surprisal.bench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.SurprisalException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class YardstickTest {

    @TempDir
    private Path folder;

    @Test
    void takesTheFigureOfTheBatch() throws Exception {
        Path script = Files.writeString(
                folder.resolve("script"),
                "echo batch 64 examples/cpu-second 7\necho batch $1 examples/cpu-second 4200 loss 1.0\n");

        assertThat(new Yardstick(Path.of("/bin/sh"), script).measure(128)).isEqualTo(4_200);
    }

    @Test
    void saysWhatAScriptWithoutAFigureSaid() throws Exception {
        Path script = Files.writeString(folder.resolve("script"), "echo there is no torch >&2; exit 3\n");

        assertThatThrownBy(() -> new Yardstick(Path.of("/bin/sh"), script).measure(128))
                .isInstanceOf(SurprisalException.class)
                .hasMessageEndingWith("ended with status 3 and without a figure: there is no torch");
    }
}
