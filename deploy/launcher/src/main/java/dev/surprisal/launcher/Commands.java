package dev.surprisal.launcher;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.AlarmRule;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/**
 * Runs commands so that all behave alike: exit status 0 done, 1 failed, 2 wrong usage, 130 interrupted; an error is one sentence, with
 * {@code --verbose} its stack trace too.
 */
public final class Commands {

    /** The exit status of a command that was interrupted, as shells have it. */
    public static final int INTERRUPTED = 130;

    private Commands() {}

    /** Hears of a library's errors only, where its warnings are of no use to whoever runs a command. */
    public static void errorsOnly(String logger) {
        ((Logger) LoggerFactory.getLogger(logger)).setLevel(Level.ERROR);
    }

    /** Runs one command line, and returns its exit status. */
    public static int run(Object command, String... arguments) {
        CommandLine line = new CommandLine(command);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(true);
        line.setAbbreviatedOptionsAllowed(true);
        line.registerConverter(AlarmRate.class, text -> converted(() -> AlarmRate.parse(text)));
        line.registerConverter(AlarmRule.class, text -> converted(() -> AlarmRule.parse(text)));
        line.registerConverter(Duration.class, Commands::duration);
        line.setExecutionExceptionHandler(Commands::failed);
        line.setParameterExceptionHandler(Commands::misused);
        try (EndSignals signals = new EndSignals()) {
            line.setExecutionStrategy(parsed -> execute(parsed, signals));
            return signals.status(line.execute(arguments));
        }
    }

    private static int execute(ParseResult arguments, EndSignals signals) {
        ParseResult last = arguments;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        if (last.commandSpec().userObject() instanceof Interruptible) {
            signals.begin();
        }
        logFormat(arguments).use();
        if (isVerbose(arguments)) {
            ((Logger) LoggerFactory.getLogger("dev.surprisal")).setLevel(Level.DEBUG);
            ((Logger) LoggerFactory.getLogger("org.apache.kafka")).setLevel(Level.INFO);
        }
        return new CommandLine.RunLast().execute(arguments);
    }

    /** That of the option, before or after the command's name. */
    private static LogFormat logFormat(ParseResult arguments) {
        LogFormat wanted = null;
        for (ParseResult each = arguments; each != null; each = each.hasSubcommand() ? each.subcommand() : null) {
            wanted = each.matchedOptionValue(Verbosity.OPTION_LOG_FORMAT, wanted);
        }
        try {
            return wanted == null ? LogFormat.of(System.getenv(LogFormat.VARIABLE)) : wanted;
        } catch (SurprisalException e) {
            throw new CommandLine.ParameterException(arguments.commandSpec().commandLine(), e.getMessage(), e);
        }
    }

    private static boolean isVerbose(ParseResult arguments) {
        return arguments.expandedArgs().contains("--verbose");
    }

    /** picocli shows this exception's message alone, of any other its class too. */
    private static <T> T converted(Supplier<T> value) {
        try {
            return value.get();
        } catch (SurprisalException e) {
            throw new CommandLine.TypeConversionException(e.getMessage());
        }
    }

    /** A length of time such as 90s, 10m or 1h. */
    private static Duration duration(String text) {
        try {
            Duration duration = Duration.parse("PT" + text);
            if (duration.compareTo(Duration.ZERO) > 0) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            // Said below.
        }
        throw new CommandLine.TypeConversionException("'" + text + "' is no length of time; use 90s, 10m or 1h30m");
    }

    private static int failed(Exception e, CommandLine line, ParseResult arguments) {
        boolean verbose = isVerbose(arguments);
        if (verbose) {
            e.printStackTrace(line.getErr());
        }
        if (e instanceof CancellationException || e instanceof InterruptedException) {
            line.getErr()
                    .println("surprisal: interrupted; "
                            + (e instanceof Interruption ? e.getMessage() : "nothing was written"));
            return INTERRUPTED;
        }
        line.getErr().println("surprisal: " + sentence(e, verbose));
        return line.getCommandSpec().exitCodeOnExecutionException();
    }

    private static int misused(CommandLine.ParameterException e, String[] arguments) {
        CommandLine line = e.getCommandLine();
        line.getErr().println("surprisal: " + e.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, line.getErr())) {
            String name = line.getCommandSpec().qualifiedName();
            line.getErr().println("See: " + (name.startsWith("surprisal") ? "" : "surprisal ") + name + " --help");
        }
        return line.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static String sentence(Exception e, boolean verbose) {
        if (e instanceof SurprisalException) {
            return e.getMessage();
        }
        if (e instanceof AccessDeniedException denied) {
            return denied.getFile() + ": permission denied";
        }
        if (e instanceof FileSystemException || e instanceof FileNotFoundException) {
            return e.getMessage();
        }
        if (e instanceof IOException) {
            return "input or output failed: " + e.getMessage();
        }
        return "an error that should not happen: " + e + (verbose ? "" : "; --verbose shows where");
    }
}
