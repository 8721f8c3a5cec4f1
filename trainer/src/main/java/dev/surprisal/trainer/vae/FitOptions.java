package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.EncodedRows;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * How a fit is conducted, apart from what is fitted.
 *
 * @param from where it goes on; null = at the beginning
 * @param timeBudget the time in which it ends, fully annealed; null = it takes the time that its steps take
 * @param checkpoints who is given its state from time to time, and when it is interrupted; null = nobody
 * @param endsWhenInterrupted whether an interrupt ends it with the parameters as they are; otherwise without a result
 * @param watch what is made of the bound of held-out rows; null = it is not computed
 * @param clock tells the time
 */
public record FitOptions(
        FitState from,
        Duration timeBudget,
        Checkpoints checkpoints,
        boolean endsWhenInterrupted,
        Watch watch,
        InstantSource clock) {

    /** All at once, to the end. */
    public static final FitOptions NONE = new FitOptions(null, null, null, false, null, Clock.systemUTC());

    /**
     * Where a fit's state goes.
     *
     * @param every how often
     */
    public record Checkpoints(Duration every, Consumer<FitState> sink) {}

    /**
     * How a fit is watched.
     *
     * @param heldOut rows that are not fitted; some of them are looked at if there are many
     */
    public record Watch(EncodedRows heldOut, ParameterChoice choice) {}
}
