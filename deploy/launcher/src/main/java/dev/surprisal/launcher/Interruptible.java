package dev.surprisal.launcher;

/** A command that ends by itself once its thread is interrupted, which Ctrl-C and SIGTERM then do; a second one ends the process at once. */
public interface Interruptible {}
