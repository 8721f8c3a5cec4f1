package dev.surprisal.trainer.vae;

/**
 * What a fit came to.
 *
 * @param state its last, at which a fit that goes on is over
 * @param interrupted whether an interrupt ended it
 */
public record Fitted(TrainedVae vae, FitState state, boolean interrupted) {

    /** How many steps it took. */
    public int steps() {
        return state.step();
    }
}
