package dev.surprisal.trainer.vae;

/**
 * What becomes of the parameters whenever the bound of held-out rows has been computed, {@value VaeTrainer#LOOKS} times a fit. It has no state, so that a fit can go on from
 * a checkpoint.
 */
@FunctionalInterface
public interface ParameterChoice {

    /** What to do with the parameters as they are. */
    enum Verdict {
        /** Go on. */
        GO_ON,
        /** Keep them in place of those kept before, and go on; those kept last become the model. */
        KEEP,
        /** End the fit. */
        STOP
    }

    /**
     * Keeps the parameters with the greatest bound since the divergence has its full weight; the last ones, unless earlier ones were better by more than two standard errors: what few
     * rows tell by chance is worth less than a learning rate that has come to rest.
     */
    ParameterChoice BEST = look -> {
        double allowance = look.progress() == 1 ? 2 * look.error() : 0;
        return look.annealed() && !(look.bound() + allowance <= look.keptBound()) ? Verdict.KEEP : Verdict.GO_ON;
    };

    /** Judges. */
    Verdict judge(Look look);

    /**
     * A look at a fit.
     *
     * @param step how many steps are done
     * @param progress from 0 to 1
     * @param annealed whether the divergence has its full weight
     * @param bound of held-out rows, nats per row
     * @param error standard error of the bound
     * @param keptBound that of the parameters kept last; NaN if none are
     */
    record Look(int step, double progress, boolean annealed, double bound, double error, double keptBound) {}
}
