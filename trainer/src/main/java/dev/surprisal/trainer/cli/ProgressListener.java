package dev.surprisal.trainer.cli;

import dev.surprisal.launcher.Progress;
import dev.surprisal.trainer.Training;

/** Shows the phases of a training run, one after the other, as progress. */
public final class ProgressListener implements Training.Listener, AutoCloseable {

    private Progress progress;

    @Override
    public void begins(String phase, long steps, String unit) {
        close();
        progress = Progress.start(phase, steps, unit);
    }

    @Override
    public void at(long step, String figure) {
        progress.at(step);
        if (!figure.isEmpty()) {
            progress.say(figure);
        }
    }

    @Override
    public void says(String sentence) {
        close();
        System.err.println("surprisal: " + sentence);
    }

    @Override
    public void close() {
        if (progress != null) {
            progress.close();
            progress = null;
        }
    }
}
