package dev.surprisal.scorer.cli;

import dev.surprisal.launcher.Verbosity;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.access.ApiToken;
import dev.surprisal.scorer.access.Scope;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a token for the HTTP API and the dashboard. */
@Command(
        name = "token",
        sortOptions = false,
        description = {
            "Makes a token for the HTTP API and the dashboard. The token itself is shown once, on standard output, for whoever it is for; the scorer is given only its hash, as a line of the file that --tokens of `serve` names.",
            "",
            "read looks at everything and scores records over HTTP; operate also labels, mutes and sets alarm rates; admin also says which model scores.",
            "",
            "Example:",
            "  surprisal token ada --scope operate --tokens tokens.txt",
            "  surprisal serve --tokens tokens.txt --host 0.0.0.0 ...",
            ""
        })
final class TokenCommand implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", description = "Whose it is; the log says who changed something.")
    private String name;

    @Option(names = "--scope", required = true, paramLabel = "SCOPE", description = "read, operate or admin.")
    private String scope;

    @Option(
            names = "--tokens",
            paramLabel = "FILE",
            description =
                    "The file to which the line is appended. Without it the line is shown, on standard error. Scorers read the file when they start.")
    private Path tokens;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        if (!name.matches("[A-Za-z0-9._@-]{1,100}")) {
            throw new SurprisalException("the name '" + name
                    + "' is not made of up to 100 letters, digits, dots, dashes, underscores and @");
        }
        String token = ApiToken.random(new SecureRandom());
        String line = ApiToken.of(name, Scope.parse(scope), token).line();
        if (tokens == null) {
            PrintWriter notes = command.commandLine().getErr();
            notes.println("For the file of tokens: " + line);
            notes.flush();
        } else {
            append(line);
        }
        PrintWriter screen = command.commandLine().getOut();
        screen.println(token);
        screen.flush();
        return 0;
    }

    private void append(String line) {
        try {
            String before = Files.exists(tokens) ? Files.readString(tokens) : "";
            if (before.lines().anyMatch(other -> other.startsWith(name + " "))) {
                throw new SurprisalException(tokens + ": there is a token of the name '" + name
                        + "' already; remove its line first, or choose another name");
            }
            String start = before.isEmpty() || before.endsWith("\n") ? "" : "\n";
            Files.writeString(tokens, start + line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new SurprisalException(tokens + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
