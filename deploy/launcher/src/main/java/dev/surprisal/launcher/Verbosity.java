package dev.surprisal.launcher;

import picocli.CommandLine.Option;

/** The options that every command has; mixed in. */
public final class Verbosity {

    static final String OPTION_LOG_FORMAT = "--log-format";

    @Option(names = "--verbose", description = "Show stack traces of errors and more of the log.")
    private boolean verbose;

    @Option(
            names = OPTION_LOG_FORMAT,
            paramLabel = "FORMAT",
            description =
                    "What the log on standard error looks like: text, or json, an object a line. Default: SURPRISAL_LOG_FORMAT, or text.")
    @SuppressWarnings("UnusedVariable") // read before the command runs
    private LogFormat logFormat;

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
