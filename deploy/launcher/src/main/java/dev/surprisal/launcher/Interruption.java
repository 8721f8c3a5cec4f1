package dev.surprisal.launcher;

import java.util.concurrent.CancellationException;

/** The end of a command that was interrupted and left something behind; its message says what. */
public final class Interruption extends CancellationException {

    private static final long serialVersionUID = 1;

    public Interruption(String message, Throwable cause) {
        super(message);
        initCause(cause);
    }
}
