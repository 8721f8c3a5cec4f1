package dev.surprisal.scorer.ops;

import dev.surprisal.scorer.instance.InstanceSummary;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * An instance of a pipeline by what it said last. Not for several threads at once.
 *
 * <p>Rates are between its last two summaries, by its own clock, and hold until the next one.
 */
final class HeardInstance {

    private static final double MILLIS = 1_000;

    private final Deque<Scores> scores = new ArrayDeque<>();
    private InstanceSummary before;
    private InstanceSummary latest;
    private long heard;

    private record Scores(long time, InstanceSummary.Distribution counts) {}

    /** @param time when, by the clock here */
    void hear(InstanceSummary summary, long time) {
        boolean goesOn = latest != null && latest.started() == summary.started() && summary.time() > latest.time();
        before = goesOn ? latest : null;
        latest = summary;
        heard = time;
        if (!goesOn) {
            scores.clear();
        }
        addScores();
    }

    private void addScores() {
        InstanceSummary.Distribution now = latest.distribution();
        if (now == null || now.counts() == null) {
            scores.clear();
            return;
        }
        if (!scores.isEmpty()) {
            InstanceSummary.Distribution last = scores.getLast().counts;
            if (last.since() != now.since() || last.counts().length != now.counts().length) {
                scores.clear();
            }
        }
        scores.addLast(new Scores(latest.time(), now));
        while (scores.getFirst().time < latest.time() - PipelineInstances.DISTRIBUTION_MILLIS) {
            scores.removeFirst();
        }
    }

    InstanceSummary latest() {
        return latest;
    }

    /** When it was heard of last, by the clock here. */
    long heard() {
        return heard;
    }

    /** Whether it has been heard of twice, so that there are rates. */
    boolean hasRates() {
        return before != null;
    }

    double recordsPerSecond() {
        return before == null ? 0 : (latest.records() - before.records()) / seconds();
    }

    double flagsPerSecond() {
        return before == null ? 0 : (latest.flags() - before.flags()) / seconds();
    }

    double deadLettersPerSecond() {
        return before == null ? 0 : (latest.deadLetters() - before.deadLetters()) / seconds();
    }

    private double seconds() {
        return (latest.time() - before.time()) / MILLIS;
    }

    /** Adds how many verdicts came how late between the last two summaries. */
    void addAges(long[] to) {
        if (before == null || latest.ages().length != to.length || before.ages().length != to.length) {
            return;
        }
        for (int i = 0; i < to.length; i++) {
            to[i] += Math.max(0, latest.ages()[i] - before.ages()[i]);
        }
    }

    /**
     * Adds the scores of the last two minutes.
     *
     * @return over how many milliseconds they were counted
     */
    long addScores(long[] to) {
        Scores last = scores.getLast();
        Scores first = scores.getFirst();
        // What came before the first look is part of it as long as it is no older.
        boolean whole = last.counts.since() >= latest.time() - PipelineInstances.DISTRIBUTION_MILLIS;
        for (int i = 0; i < to.length; i++) {
            to[i] += whole
                    ? last.counts.counts()[i]
                    : Math.max(0, last.counts.counts()[i] - first.counts.counts()[i]);
        }
        return last.time - (whole ? last.counts.since() : first.time);
    }
}
