package dev.surprisal.scorer.ops;

import dev.surprisal.schemas.record.RecordException.Step;
import dev.surprisal.scorer.model.ModelListener;
import dev.surprisal.scorer.model.ModelSwitch;
import dev.surprisal.scorer.model.ServedModel;
import dev.surprisal.scorer.stream.ComparedBatch;
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
    /** Seconds. */
    static final double[] AGES = {
        0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 600, 3_600, 86_400
    };

    private final Clock clock;
    private final LongAdder records = new LongAdder();
    private final LongAdder scores = new LongAdder();
    private final LongAdder flags = new LongAdder();
    private final LongAdder muted = new LongAdder();
    private final Map<String, LongAdder> incidents = new ConcurrentHashMap<>();
    private final LongAdder incidentsOpen = new LongAdder();
    private final Map<String, LongAdder> silences = new ConcurrentHashMap<>();
    private final LongAdder keysSilent = new LongAdder();
    private final LongAdder keysWatched = new LongAdder();
    private final Map<Step, LongAdder> deadLetters = new EnumMap<>(Step.class);
    private final Histogram pValues = new Histogram(1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1);
    private final Histogram ageSeconds = new Histogram(AGES);
    private final Histogram appendAgeSeconds = new Histogram(AGES);
    private final Histogram batchRecords = new Histogram(1, 4, 16, 64, 256, 1_024, 4_096);
    private final Histogram batchSeconds =
            new Histogram(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1);
    /** Without bounds: its count and sum are what matters, since nats differ from model to model. */
    private final Histogram scoreNats = new Histogram();
    /** Of the latest model alone. */
    private volatile Compared compared;

    private final ModelChanges models = new ModelChanges();
    private volatile ShadowComparison comparison;
    private final LongAdder shadowScores = new LongAdder();
    private final LongAdder shadowFlags = new LongAdder();

    private record Compared(
            ServedModel model, boolean screened, ScoreReference reference, Histogram histogram, long since) {}

    /**
     * Scores of one model, beside what its calibration leads one to expect.
     *
     * @param modelVersion the model's
     * @param since when counting began, milliseconds since 1970-01-01T00:00Z
     * @param reference what the scores are compared with
     * @param counts in the reference's bins
     */
    record Scores(String modelVersion, long since, ScoreReference reference, Histogram.Snapshot counts) {}

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

    @Override
    public void appended(long[] times) {
        double[] ages = new double[times.length];
        long now = clock.millis();
        for (int i = 0; i < ages.length; i++) {
            ages[i] = Math.max(0, now - times[i]) / MILLIS;
        }
        appendAgeSeconds.add(ages);
    }

    @Override
    public void compared(ComparedBatch batch) {
        ShadowComparison now = comparison;
        if (now == null || !now.isOf(batch)) {
            now = new ShadowComparison(batch.model(), batch.shadow(), clock.instant());
            comparison = now;
        }
        now.add(batch);
        for (int i = 0; i < batch.size(); i++) {
            if (!Double.isNaN(batch.shadowSurprise()[i])) {
                shadowScores.increment();
                if (batch.shadowFlags()[i]) {
                    shadowFlags.increment();
                }
            }
        }
    }

    /** @param screened whether first looks are among the scores: a batch without one does not say that there are none */
    private Compared comparedTo(ServedModel model, boolean screened) {
        Compared now = compared;
        if (now == null || now.model != model || (screened && !now.screened)) {
            ScoreReference reference = ScoreReference.of(model, screened);
            now = new Compared(model, screened, reference, new Histogram(reference.bounds()), clock.millis());
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
    public void silence(String event) {
        silences.computeIfAbsent(event, none -> new LongAdder()).increment();
    }

    @Override
    public void keysSilent(int more) {
        keysSilent.add(more);
    }

    @Override
    public void keysWatched(int more) {
        keysWatched.add(more);
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

    /** How often keys fell silent or came again, which is the event's name. */
    long silences(String event) {
        LongAdder told = silences.get(event);
        return told == null ? 0 : told.sum();
    }

    /** How many keys are silent, of this instance's partitions. */
    long keysSilent() {
        return keysSilent.sum();
    }

    /** How many keys have a habit and are watched, of this instance's partitions. */
    long keysWatched() {
        return keysWatched.sum();
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
                : new Scores(now.model.card().version(), now.since, now.reference, now.histogram.snapshot());
    }

    /** Of the model and the shadow that score now; null until they have scored the same records. */
    public ShadowComparison.Snapshot comparison(ModelSwitch.Serving serving) {
        ShadowComparison now = comparison;
        return now == null || !now.isOf(serving.model(), serving.shadow()) ? null : now.snapshot();
    }

    long shadowScores() {
        return shadowScores.sum();
    }

    /** Records whose score by a shadow reached its alarm line. */
    long shadowFlags() {
        return shadowFlags.sum();
    }

    /** Counts what becomes of the models that are offered. */
    public ModelListener modelListener() {
        return models;
    }

    long models(ModelChanges.Result result) {
        return models.count(result);
    }

    /** Since Kafka took the records, of topics that tell it. */
    Histogram.Snapshot appendAgeSeconds() {
        return appendAgeSeconds.snapshot();
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
