package dev.surprisal.trainer.vae;

/**
 * What a fit came to.
 *
 * @param steps how many it took
 * @param interrupted whether an interrupt ended it
 */
public record Fitted(TrainedVae vae, int steps, boolean interrupted) {}
