package dev.surprisal.scorer.ops;

import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What each pipeline of this process did in each of the last seconds. */
@Singleton
public final class ActivityHistory {

    private static final int SECONDS = 600;
    private static final int DISTRIBUTION_SECONDS = 120;
    private static final double MEDIAN = 0.5;
    private static final double LATE = 0.99;
    private static final double MILLIS = 1_000;

    private final Activities activities;
    private final Pipelines pipelines;
    private final Clock clock;
    private final Map<String, Series> series = new TreeMap<>();

    /**
     * What happened in about a second.
     *
     * @param time its end, milliseconds since 1970-01-01T00:00Z
     * @param records a second, polled
     * @param flags a second
     * @param deadLetters a second
     * @param lag records still to be scored
     * @param latencyMedian from the timestamps of records to their verdicts, seconds; null where there were none
     * @param latencyP99 the same of the latest in a hundred
     */
    public record Sample(
            long time,
            double records,
            double flags,
            double deadLetters,
            long lag,
            Double latencyMedian,
            Double latencyP99) {}

    /**
     * Scores of the last minutes.
     *
     * @param modelVersion of the model that gave them
     * @param reference what they are compared with
     * @param counts of scores in the reference's bins
     * @param seconds over which they were counted
     */
    public record Distribution(String modelVersion, ScoreReference reference, long[] counts, int seconds) {}

    ActivityHistory(Activities activities, Pipelines pipelines, Clock clock) {
        this.activities = activities;
        this.pipelines = pipelines;
        this.clock = clock;
        activities.all().forEach((name, activity) -> series.put(name, new Series(activity)));
    }

    @Scheduled(fixedRate = "1s")
    void sample() {
        series.forEach((name, each) -> each.sample(
                clock.millis(), pipelines.find(name).map(Pipelines::lag).orElse(0L)));
    }

    /** The samples after a time, the oldest first. */
    public List<Sample> samples(String pipeline, long after) {
        return series.get(pipeline).after(after);
    }

    /** The scores of the last two minutes; null until there are any. */
    public Distribution distribution(String pipeline) {
        activities.of(pipeline);
        return series.get(pipeline).distribution();
    }

    private static final class Series {
        private final PipelineActivity activity;
        private final Deque<Sample> samples = new ArrayDeque<>();
        private final Deque<PipelineActivity.Scores> scores = new ArrayDeque<>();
        private long time;
        private long records;
        private long flags;
        private long deadLetters;
        private Histogram.Snapshot ages;

        Series(PipelineActivity activity) {
            this.activity = activity;
            ages = activity.ageSeconds();
        }

        synchronized void sample(long now, long lag) {
            double seconds = Math.max(1, now - time) / MILLIS;
            long moreRecords = activity.records();
            long moreFlags = activity.flags();
            long moreLetters = activity.deadLetters();
            Histogram.Snapshot laterAges = activity.ageSeconds();
            if (time != 0) {
                Histogram.Snapshot since = laterAges.since(ages);
                samples.addLast(new Sample(
                        now,
                        (moreRecords - records) / seconds,
                        (moreFlags - flags) / seconds,
                        (moreLetters - deadLetters) / seconds,
                        lag,
                        finite(since.quantile(MEDIAN)),
                        finite(since.quantile(LATE))));
            }
            while (samples.size() > SECONDS) {
                samples.removeFirst();
            }
            time = now;
            records = moreRecords;
            flags = moreFlags;
            deadLetters = moreLetters;
            ages = laterAges;
            sampleScores();
        }

        private void sampleScores() {
            PipelineActivity.Scores now = activity.scoresByReference();
            if (now == null) {
                return;
            }
            if (!scores.isEmpty() && !scores.getLast().isOf(now)) {
                scores.clear();
            }
            scores.addLast(now);
            while (scores.size() > DISTRIBUTION_SECONDS) {
                scores.removeFirst();
            }
        }

        private static Double finite(double value) {
            return Double.isNaN(value) ? null : (Double) value;
        }

        synchronized List<Sample> after(long earlier) {
            List<Sample> later = new ArrayList<>();
            for (Sample sample : samples) {
                if (sample.time > earlier) {
                    later.add(sample);
                }
            }
            return later;
        }

        synchronized Distribution distribution() {
            if (scores.isEmpty()) {
                return null;
            }
            PipelineActivity.Scores latest = scores.getLast();
            Histogram.Snapshot counts = scores.size() == 1
                    ? latest.counts()
                    : latest.counts().since(scores.getFirst().counts());
            // What came before the first look is part of it as long as nothing has been forgotten.
            if (scores.size() < DISTRIBUTION_SECONDS) {
                counts = latest.counts();
            }
            return new Distribution(latest.modelVersion(), latest.reference(), counts.counts(), scores.size());
        }
    }
}
