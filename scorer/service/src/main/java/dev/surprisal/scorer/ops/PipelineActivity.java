package dev.surprisal.scorer.ops;

import dev.surprisal.schemas.record.RecordException.Step;
import dev.surprisal.scorer.model.ServedModel;
import dev.surprisal.scorer.stream.ScoredBatch;
import dev.surprisal.scorer.stream.StreamListener;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What one pipeline of this process has done since it started, as counts. Filled by stream threads, read by any. */
public final class PipelineActivity implements StreamListener {

    private static final double MILLIS = 1e3;
    private static final double NANOS = 1e9;

    private final Clock clock;
    private final LongAdder records = new LongAdder();
    private final LongAdder scores = new LongAdder();
    private final LongAdder flags = new LongAdder();
    private final LongAdder muted = new LongAdder();
    private final Map<String, LongAdder> incidents = new ConcurrentHashMap<>();
    private final LongAdder incidentsOpen = new LongAdder();
    private final Map<Step, LongAdder> deadLetters = new EnumMap<>(Step.class);
    private final Histogram pValues = new Histogram(1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1);
    private final Histogram ageSeconds = new Histogram(
            0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 600, 3_600, 86_400);
    private final Histogram batchRecords = new Histogram(1, 4, 16, 64, 256, 1_024, 4_096);
    private final Histogram batchSeconds =
            new Histogram(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1);
    /** Without bounds: its count and sum are what matters, since nats differ from model to model. */
    private final Histogram scoreNats = new Histogram();
    /** Of the latest model alone. */
    private volatile Compared compared;

    private record Compared(ServedModel model, boolean screened, ScoreReference reference, Histogram histogram) {}

    /**
     * Scores of one model, beside what its calibration leads one to expect.
     *
     * @param model its identity, not its version: served again, it starts anew
     * @param modelVersion its version
     * @param reference what the scores are compared with
     * @param counts in the reference's bins
     */
    record Scores(ServedModel model, String modelVersion, ScoreReference reference, Histogram.Snapshot counts) {
        boolean isOf(Scores other) {
            return model == other.model;
        }
    }

    public PipelineActivity(Clock clock) {
        this.clock = clock;
        for (Step step : Step.values()) {
            deadLetters.put(step, new LongAdder());
        }
    }

    @Override
    public void scored(ScoredBatch batch) {
        int scored = 0;
        double[] ages = new double[batch.size()];
        long now = clock.millis();
        for (int i = 0; i < ages.length; i++) {
            // Clocks of producers may be ahead of ours.
            ages[i] = Math.max(0, now - batch.timestamps()[i]) / MILLIS;
            if (!Double.isNaN(batch.scores()[i])) {
                scored++;
            }
        }
        records.add(batch.size());
        scores.add(scored);
        pValues.add(batch.pValues());
        scoreNats.add(batch.scores());
        comparedTo(batch.model(), batch.screened()).histogram.add(batch.scores());
        ageSeconds.add(ages);
        batchRecords.add(batch.size());
        batchSeconds.add(batch.nanos() / NANOS);
    }

    /** @param screened whether first looks are among the scores: a batch without one does not say that there are none */
    private Compared comparedTo(ServedModel model, boolean screened) {
        Compared now = compared;
        if (now == null || now.model != model || (screened && !now.screened)) {
            double level = model.judge().level();
            ScoreReference reference = screened
                    ? ScoreReference.ofScreened(model.card(), level)
                    : ScoreReference.of(model.card().calibration(), level);
            now = new Compared(model, screened, reference, new Histogram(reference.bounds()));
            compared = now;
        }
        return now;
    }

    @Override
    public void flagged() {
        flags.increment();
    }

    @Override
    public void muted() {
        muted.increment();
    }

    @Override
    public void incident(String event) {
        incidents.computeIfAbsent(event, none -> new LongAdder()).increment();
    }

    @Override
    public void incidentsOpen(int more) {
        incidentsOpen.add(more);
    }

    @Override
    public void refused(Step step) {
        deadLetters.get(step).increment();
    }

    public long records() {
        return records.sum();
    }

    public long scores() {
        return scores.sum();
    }

    public long flags() {
        return flags.sum();
    }

    long mutedFlags() {
        return muted.sum();
    }

    /** How many incidents were opened, updated or closed, which is the event's name. */
    long incidents(String event) {
        LongAdder told = incidents.get(event);
        return told == null ? 0 : told.sum();
    }

    /** How many incidents are open, of this instance's partitions. */
    public long incidentsOpen() {
        return incidentsOpen.sum();
    }

    public long deadLetters() {
        return deadLetters.values().stream().mapToLong(LongAdder::sum).sum();
    }

    long deadLetters(Step step) {
        return deadLetters.get(step).sum();
    }

    /** Null until there are scores. */
    Scores scoresByReference() {
        Compared now = compared;
        return now == null
                ? null
                : new Scores(now.model, now.model.card().version(), now.reference, now.histogram.snapshot());
    }

    Histogram.Snapshot pValues() {
        return pValues.snapshot();
    }

    Histogram.Snapshot scoreNats() {
        return scoreNats.snapshot();
    }

    Histogram.Snapshot ageSeconds() {
        return ageSeconds.snapshot();
    }

    Histogram.Snapshot batchRecords() {
        return batchRecords.snapshot();
    }

    Histogram.Snapshot batchSeconds() {
        return batchSeconds.snapshot();
    }
}
