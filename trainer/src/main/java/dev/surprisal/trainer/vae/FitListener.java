package dev.surprisal.trainer.vae;

/** Hears how a fit goes on. */
@FunctionalInterface
public interface FitListener {

    /**
     * A step is done.
     *
     * @param step from 1 to {@code steps}
     * @param steps how many there will be; at the pace so far, if a time budget ends the fit
     * @param bound the evidence lower bound, nats per record, smoothed over the last steps; with a reduced weight of the divergence in the first fifth
     */
    void stepped(int step, int steps, double bound);
}
