package dev.surprisal.launcher;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import dev.surprisal.schemas.SurprisalException;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/** What the log looks like. */
public enum LogFormat {
    /** Lines for people. */
    TEXT,
    /**
     * One JSON object a line, with the keys {@code timestamp} (milliseconds since 1970-01-01T00:00Z), {@code level}, {@code threadName}, {@code loggerName}, {@code mdc}, {@code formattedMessage} and,
     * of what was thrown, {@code throwable}.
     */
    JSON;

    /** The environment variable that says it where no option does. */
    public static final String VARIABLE = "SURPRISAL_LOG_FORMAT";

    private static final String APPENDER = "STDERR";

    /**
     * The format that the environment asks for.
     *
     * @param value of {@link #VARIABLE}; may be null
     * @throws SurprisalException if there is no such format
     */
    static LogFormat of(String value) {
        if (value == null || value.isBlank()) {
            return TEXT;
        }
        try {
            return valueOf(value.strip().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new SurprisalException(VARIABLE + " is '" + value + "'; log formats are text and json", e);
        }
    }

    /** Writes the log of this process so from now on. */
    void use() {
        if (this == TEXT) {
            return;
        }
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        if (root.getAppender(APPENDER) instanceof OutputStreamAppender<ILoggingEvent> appender) {
            appender.setEncoder(encoder(root));
        }
    }

    private static JsonEncoder encoder(Logger root) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(root.getLoggerContext());
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithContext(false);
        encoder.setWithMarkers(false);
        encoder.setWithKVPList(false);
        // Arguments are in the formatted message.
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithFormattedMessage(true);
        encoder.start();
        return encoder;
    }
}
