package dev.surprisal.scorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenCommandTest {

    @TempDir
    private Path folder;

    @Test
    void appendsHashesOfNewNamesToTheFile() throws Exception {
        Path file = folder.resolve("tokens.txt");

        assertThat(make("ada", "operate", file)).isZero();
        assertThat(make("bob", "read", file)).isZero();

        assertThat(Files.readAllLines(file))
                .hasSize(2)
                .satisfiesExactly(
                        line -> assertThat(line).matches("ada operate sha256:[0-9a-f]{64}"),
                        line -> assertThat(line).matches("bob read sha256:[0-9a-f]{64}"));
    }

    @Test
    void refusesNamesThatAreTakenOrNoneAndScopesThatDoNotExist() throws Exception {
        Path file = folder.resolve("tokens.txt");
        assertThat(make("ada", "read", file)).isZero();
        byte[] before = Files.readAllBytes(file);

        assertThat(make("ada", "admin", file)).isEqualTo(1);
        assertThat(make("a b", "read", file)).isEqualTo(1);
        assertThat(make("bob", "root", file)).isEqualTo(1);

        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    private static int make(String name, String scope, Path file) {
        return Main.run("token", name, "--scope", scope, "--tokens", file.toString());
    }
}
