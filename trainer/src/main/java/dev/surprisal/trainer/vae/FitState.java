package dev.surprisal.trainer.vae;

import java.time.Duration;

/**
 * All that a fit has to know to go on from a step as if it had never stopped; what it draws at random depends on the step alone.
 *
 * @param step how many steps are done
 * @param parameters [P]
 * @param moments [2 P] of the gradient, which the optimiser remembers
 * @param bound smoothed over the last steps; NaN before the first
 * @param elapsed time that the steps took
 * @param best the parameters kept so far, or null
 */
public record FitState(
        int step, float[] parameters, float[] moments, double bound, Duration elapsed, KeptParameters best) {

    /**
     * Parameters that a {@link ParameterChoice} kept.
     *
     * @param bound of held-out rows, nats per row
     * @param parameters [P]
     */
    public record KeptParameters(double bound, float[] parameters) {}
}
