package dev.surprisal.launcher;

import picocli.CommandLine.Option;

/** The options that every command has; mixed in. */
public final class Verbosity {

    @Option(names = "--verbose", description = "Show stack traces of errors and more of the log.")
    private boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private boolean help;

    public boolean isVerbose() {
        return verbose;
    }
}
