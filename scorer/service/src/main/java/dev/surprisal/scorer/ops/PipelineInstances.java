package dev.surprisal.scorer.ops;

import dev.surprisal.scorer.instance.InstanceSummary;
import dev.surprisal.scorer.model.ModelSwitch;
import dev.surprisal.scorer.model.ServedModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * All instances of one pipeline, and what they come to together: this one as it is, the others as they said last.
 *
 * <p>What they have counted adds up. One that has not been heard of for {@value #SILENT_MILLIS} ms is silent: it is told of, but not counted in, and forgotten after {@value #FORGOTTEN_MILLIS} ms.
 */
public final class PipelineInstances {

    static final long SILENT_MILLIS = 15_000;
    static final long FORGOTTEN_MILLIS = 600_000;
    static final long DISTRIBUTION_MILLIS = 120_000;
    /** So many others are known; what comes beyond is passed over. */
    static final int MOST = 200;

    private static final double MEDIAN = 0.5;
    private static final double LATE = 0.99;
    private static final double MILLIS = 1_000;

    private final String name;
    private final HeardInstance own = new HeardInstance();
    private final Map<String, HeardInstance> others = new TreeMap<>();

    /** @param name of this instance */
    PipelineInstances(String name) {
        this.name = name;
    }

    /**
     * What one instance said last.
     *
     * @param own whether it is this one
     * @param silent whether it has not been heard of for too long
     * @param age for how long, milliseconds
     * @param recordsPerSecond polled
     */
    public record Told(InstanceSummary summary, boolean own, boolean silent, long age, double recordsPerSecond) {}

    /**
     * Who has a part in some figure.
     *
     * @param contributed how many instances
     * @param silent those that have none, because they have not been heard of for too long
     */
    public record Part(int contributed, List<String> silent) {}

    /** The name of this instance. */
    public String name() {
        return name;
    }

    synchronized void tell(InstanceSummary summary, long now) {
        own.hear(summary, now);
        others.values().removeIf(each -> now - each.heard() > FORGOTTEN_MILLIS);
    }

    synchronized void hear(InstanceSummary summary, long time) {
        if (!summary.instance().equals(name) && (others.size() < MOST || others.containsKey(summary.instance()))) {
            others.computeIfAbsent(summary.instance(), key -> new HeardInstance())
                    .hear(summary, time);
        }
    }

    synchronized void leave(String instance) {
        others.remove(instance);
    }

    /** All of them, this one first. */
    public synchronized List<Told> all(long now) {
        List<Told> all = new ArrayList<>();
        if (own.latest() != null) {
            all.add(told(own, now));
        }
        others.values().forEach(each -> all.add(told(each, now)));
        return all;
    }

    private Told told(HeardInstance each, long now) {
        boolean silent = isSilent(each, now);
        return new Told(
                each.latest(),
                each == own,
                silent,
                Math.max(0, now - each.heard()),
                silent ? 0 : each.recordsPerSecond());
    }

    private boolean isSilent(HeardInstance each, long now) {
        return each != own && now - each.heard() > SILENT_MILLIS;
    }

    private Stream<HeardInstance> heard(long now) {
        return Stream.concat(Stream.of(own), others.values().stream())
                .filter(each -> each.latest() != null && !isSilent(each, now));
    }

    /** What the other instances that are not silent said last. */
    public synchronized List<InstanceSummary> others(long now) {
        return heard(now).filter(each -> each != own).map(HeardInstance::latest).toList();
    }

    /** Who has a part, if so many contribute. */
    public synchronized Part part(int contributed, long now) {
        return new Part(
                contributed,
                others.values().stream()
                        .filter(each -> isSilent(each, now))
                        .map(each -> each.latest().instance())
                        .toList());
    }

    /** Who has a part in what every instance tells. */
    public synchronized Part part(long now) {
        return part((int) heard(now).count(), now);
    }

    /** A count of the other instances. */
    public long ofOthers(ToLongFunction<InstanceSummary> count, long now) {
        return others(now).stream().mapToLong(count).sum();
    }

    /**
     * The lag by partition. Where a partition has just been handed over, two may tell of it.
     *
     * @param here of this instance, as it is now
     */
    public Map<Integer, Long> lag(Map<Integer, Long> here, long now) {
        Map<Integer, Long> all = new TreeMap<>(here);
        for (InstanceSummary summary : others(now)) {
            summary.partitions().forEach(each -> all.merge(each.partition(), each.lag(), Math::max));
        }
        return all;
    }

    /** The last second; null until there have been two looks. */
    synchronized ActivityHistory.Sample sample(long now) {
        if (!own.hasRates()) {
            return null;
        }
        List<HeardInstance> all = heard(now).toList();
        long[] ages = new long[PipelineActivity.AGES.length + 1];
        all.forEach(each -> each.addAges(ages));
        Histogram.Snapshot since = Histogram.Snapshot.of(PipelineActivity.AGES, ages);
        Map<Integer, Long> lag = new TreeMap<>();
        for (HeardInstance each : all) {
            each.latest().partitions().forEach(of -> lag.merge(of.partition(), of.lag(), Math::max));
        }
        return new ActivityHistory.Sample(
                now,
                all.stream().mapToDouble(HeardInstance::recordsPerSecond).sum(),
                all.stream().mapToDouble(HeardInstance::flagsPerSecond).sum(),
                all.stream().mapToDouble(HeardInstance::deadLettersPerSecond).sum(),
                lag.values().stream().mapToLong(Long::longValue).sum(),
                finite(since.quantile(MEDIAN)),
                finite(since.quantile(LATE)));
    }

    private static Double finite(double value) {
        return Double.isNaN(value) ? null : (Double) value;
    }

    /**
     * The scores of the last two minutes, of all instances that count them in the same bins: those that score with the same model, and flag at the same rate.
     *
     * @param model that scores here; null for none
     * @param counted the reference of the scores counted here; null until there are any
     * @return null until there are any
     */
    synchronized ActivityHistory.Distribution distribution(ServedModel model, ScoreReference counted, long now) {
        ScoreReference reference = counted != null ? counted : referenceOfOthers(model, now);
        if (reference == null) {
            return null;
        }
        List<HeardInstance> all = heard(now)
                .filter(each -> each.latest().distribution() != null)
                .filter(each -> each.latest().distribution().counts() != null)
                .filter(each -> reference.hasBins(each.latest().distribution()))
                .toList();
        if (all.isEmpty()) {
            return null;
        }
        // That of this instance, if it has one; bins as exactly equal are of the same model.
        String version = all.get(0).latest().distribution().modelVersion();
        List<HeardInstance> same = all.stream()
                .filter(each -> version.equals(each.latest().distribution().modelVersion()))
                .toList();
        long[] counts = new long[reference.shares().length];
        long millis = 0;
        for (HeardInstance each : same) {
            millis = Math.max(millis, each.addScores(counts));
        }
        return new ActivityHistory.Distribution(
                version, reference, counts, (int) Math.max(1, Math.round(millis / MILLIS)), part(same.size(), now));
    }

    /** Where nothing is counted here, that of others, as far as it can be worked out. */
    private ScoreReference referenceOfOthers(ServedModel model, long now) {
        if (model == null) {
            return null;
        }
        String version = model.card().version();
        List<InstanceSummary.Distribution> told = heard(now)
                .map(each -> each.latest().distribution())
                .filter(each -> each != null && each.counts() != null && version.equals(each.modelVersion()))
                .toList();
        if (told.isEmpty()) {
            return null;
        }
        List<ScoreReference> possible = model.card().firstLook() == null
                ? List.of(ScoreReference.of(model, false))
                : List.of(ScoreReference.of(model, true), ScoreReference.of(model, false));
        return possible.stream()
                .filter(each -> told.stream().anyMatch(each::hasBins))
                .findFirst()
                .orElse(null);
    }

    /**
     * A comparison with the shadow, by several instances.
     *
     * @param of all that compare the same two models
     */
    public record Compared(ShadowComparison.Snapshot of, Part part) {}

    /**
     * How the shadow does that scores now; null until it has scored records that the model has, too.
     *
     * @param here by this instance; may be null
     */
    public synchronized Compared comparison(ModelSwitch.Serving serving, ShadowComparison.Snapshot here, long now) {
        if (serving.model() == null || serving.shadow() == null) {
            return null;
        }
        String model = serving.model().card().version();
        String shadow = serving.shadow().card().version();
        List<ShadowComparison.Snapshot> all = Stream.concat(
                        Stream.ofNullable(here),
                        others(now).stream()
                                .map(each -> ShadowComparison.Snapshot.of(each.comparison()))
                                .filter(each -> each != null && each.isOf(model, shadow)))
                .sorted(Comparator.comparing(ShadowComparison.Snapshot::since))
                .toList();
        return all.stream()
                .reduce(ShadowComparison.Snapshot::plus)
                .map(of -> new Compared(of, part(all.size(), now)))
                .orElse(null);
    }
}
