package dev.surprisal.trainer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Public data sets, where they are at hand: in the folder that the system property {@code surprisal.shared} names, or in one called
 * {@code shared} beside the project. Tests that need one are skipped without it.
 */
public final class SharedData {

    private SharedData() {}

    public static Path file(String name) {
        String given = System.getProperty("surprisal.shared");
        Path shared = given == null ? null : Path.of(given);
        for (Path folder = Path.of("").toAbsolutePath();
                shared == null && folder != null;
                folder = folder.getParent()) {
            Path candidate = folder.resolve("shared");
            shared = Files.isDirectory(candidate.resolve("data")) ? candidate : null;
        }
        assumeTrue(shared != null, "no folder of public data sets is at hand; -Dsurprisal.shared=FOLDER names one");
        Path file = shared.resolve("data").resolve(name);
        assumeTrue(Files.exists(file), "the public data set " + name + " is not at hand");
        return file;
    }
}
