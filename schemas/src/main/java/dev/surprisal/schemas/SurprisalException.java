package dev.surprisal.schemas;

/**
 * A failure that its reader can mend: the message is one sentence that names the file, line, field or key at fault and says what to do.
 *
 * <p>Commands print the message alone and exit with status 1; anything else that is thrown is a defect of ours.
 */
public class SurprisalException extends RuntimeException {

    public SurprisalException(String message) {
        super(message);
    }

    public SurprisalException(String message, Throwable cause) {
        super(message, cause);
    }
}
