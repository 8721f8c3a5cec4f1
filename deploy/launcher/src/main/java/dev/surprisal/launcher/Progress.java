package dev.surprisal.launcher;

import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How far a long task has come, on standard error: a bar on a terminal, elsewhere a plain line every five seconds. A task that is done within
 * two seconds prints nothing there.
 */
public final class Progress implements AutoCloseable {

    private static final int BAR_MILLIS = 200;
    private static final int LINE_MILLIS = 5_000;
    private static final long SHORT_NANOS = 2_000_000_000L;

    private final ProgressBar bar;

    private Progress(ProgressBar bar) {
        this.bar = bar;
    }

    /**
     * Starts a task.
     *
     * @param task what is done, such as {@code fitting}
     * @param steps how many there are; 0 or less if unknown
     * @param unit of a step, such as {@code records}
     */
    public static Progress start(String task, long steps, String unit) {
        boolean terminal = onTerminal();
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(steps <= 0 ? -1 : steps)
                .setUnit(" " + unit, 1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(terminal ? BAR_MILLIS : LINE_MILLIS);
        if (terminal) {
            builder.showSpeed().clearDisplayOnFinish();
        } else {
            long start = System.nanoTime();
            builder.setConsumer(new DelegatingProgressBarConsumer(
                    line -> {
                        if (System.nanoTime() - start > SHORT_NANOS) {
                            System.err.println(line.strip());
                        }
                    },
                    100));
        }
        return new Progress(builder.build());
    }

    /** Says how many steps are done. */
    public void at(long step) {
        bar.stepTo(step);
    }

    /** Says something about the task, such as a figure that changes as it goes on. */
    public void say(String figure) {
        bar.setExtraMessage(figure);
    }

    @Override
    public void close() {
        bar.close();
    }

    /** Whether a person looks; the launcher knows, for the JVM itself cannot tell what standard error is. */
    private static boolean onTerminal() {
        return Boolean.getBoolean("surprisal.terminal");
    }
}
