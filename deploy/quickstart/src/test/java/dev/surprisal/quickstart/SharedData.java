package dev.surprisal.quickstart;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Real data that lies beside the project on some machines; tests that need it are skipped where it does not. */
final class SharedData {

    private SharedData() {}

    static Path file(String name) {
        Path file = Path.of("")
                .toAbsolutePath()
                .resolve("../../../shared")
                .normalize()
                .resolve(name);
        assumeTrue(Files.exists(file), () -> "skipped: there is no " + file);
        return file;
    }
}
