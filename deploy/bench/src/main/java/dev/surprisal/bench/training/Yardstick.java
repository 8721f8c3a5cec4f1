package dev.surprisal.bench.training;

import dev.surprisal.schemas.SurprisalException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A script that trains the same network with another library, and prints {@code batch N examples/cpu-second X}. */
final class Yardstick {

    private static final Pattern LINE = Pattern.compile("batch (\\d+) examples/cpu-second (\\d+).*");

    private final Path python;
    private final Path script;

    Yardstick(Path python, Path script) {
        this.python = python;
        this.script = script;
    }

    /** Examples per CPU second. */
    double measure(int batch) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(python.toString(), script.toString(), Integer.toString(batch))
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            return said.lines()
                    .map(LINE::matcher)
                    .filter(Matcher::matches)
                    .filter(line -> Integer.parseInt(line.group(1)) == batch)
                    .mapToDouble(line -> Double.parseDouble(line.group(2)))
                    .findFirst()
                    .orElseThrow(() -> new SurprisalException(
                            script + " ended with status " + status + " and without a figure: " + said.strip()));
        } finally {
            process.destroyForcibly();
        }
    }
}
