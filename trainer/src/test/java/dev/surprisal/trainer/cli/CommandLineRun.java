package dev.surprisal.trainer.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * A command line, run as a user runs it.
 *
 * @param status the exit status
 * @param out what it printed
 * @param err what it printed to standard error
 */
record CommandLineRun(int status, String out, String err) {

    static CommandLineRun of(Object... arguments) {
        PrintStream systemOut = System.out;
        PrintStream systemErr = System.err;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (PrintStream printedOut = new PrintStream(out, true, StandardCharsets.UTF_8);
                PrintStream printedErr = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            System.setOut(printedOut);
            System.setErr(printedErr);
            String[] words = new String[arguments.length];
            for (int i = 0; i < words.length; i++) {
                words[i] = arguments[i].toString();
            }
            int status = Main.run(words);
            System.out.flush();
            System.err.flush();
            return new CommandLineRun(
                    status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(systemOut);
            System.setErr(systemErr);
        }
    }

    /** What it printed to standard error, without how far it has come. */
    String errors() {
        StringBuilder kept = new StringBuilder();
        err.lines()
                .filter(line -> !line.matches("(reading|scoring) .*%.*"))
                .forEach(line -> kept.append(line).append('\n'));
        return kept.toString();
    }
}
