package dev.surprisal.scorer.cli;

import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that say where the HTTP server listens, and whom it lets in; mixed in. */
final class AccessOptions {

    @Option(names = "--host", paramLabel = "HOST", description = "Where the HTTP server listens. Default: 127.0.0.1.")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "The HTTP server's port; 0 = any that is free. Default: 8080.")
    private String port;

    @Option(
            names = "--tokens",
            paramLabel = "FILE",
            description =
                    "Who may use the HTTP API and the dashboard: lines that `surprisal token` makes, which hold hashes of tokens. Needed where --host is not this machine alone.")
    private String tokens;

    @Option(
            names = "--without-authentication",
            description =
                    "Let everybody who reaches the HTTP server do everything. For servers that something else guards, such as a proxy that asks who it is.")
    private boolean withoutAuthentication;

    /** What stands on the command line, as settings; null where nothing does. */
    Map<String, String> values() {
        Map<String, String> values = new HashMap<>();
        values.put(Settings.HOST, host);
        values.put(Settings.PORT, port);
        values.put(Settings.TOKENS, tokens);
        values.put(Settings.WITHOUT_AUTHENTICATION, withoutAuthentication ? "true" : null);
        return values;
    }
}
