package dev.surprisal.trainer.vae;

import java.time.Duration;

/**
 * The learning rate and the weight of the divergence, as functions of how far a fit has come: the share of its steps, or of its time if that runs out first.
 *
 * @param budget the time, or null
 */
record Schedule(VaeConfig config, Duration budget) {

    private static final int WARM_UP = 50;
    private static final double LAST_RATE = 0.02;
    private static final double ANNEALING = 0.2;

    /** From 0 to 1, where the fit is over. */
    double progress(int step, Duration elapsed) {
        double ofSteps = (double) step / config.steps();
        double ofTime = budget == null ? 0 : (double) elapsed.toNanos() / budget.toNanos();
        return Math.min(1, Math.max(ofSteps, ofTime));
    }

    /** The weight of the divergence, rising from 0 to beta over the first fifth (Bowman et al. 2016). */
    double beta(double progress) {
        return config.beta() * Math.min(1, annealing(progress));
    }

    /** Whether the weight of the divergence has come to its end. */
    boolean isAnnealed(double progress) {
        return annealing(progress) >= 1;
    }

    private double annealing(double progress) {
        return (progress + 1.0 / config.steps()) / ANNEALING;
    }

    /** Rising over the first steps, then falling along a cosine to 2 %. */
    double rate(int step, double progress) {
        double warm = Math.min(1, (step + 1.0) / WARM_UP);
        double cosine = (1 + Math.cos(Math.PI * progress)) / 2;
        return config.learningRate() * warm * (LAST_RATE + (1 - LAST_RATE) * cosine);
    }

    /** How many steps there will be at the pace so far. */
    int steps(int step, double progress) {
        return budget == null ? config.steps() : (int) Math.max(step, Math.round(step / progress));
    }
}
