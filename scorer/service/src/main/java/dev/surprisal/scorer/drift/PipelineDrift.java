package dev.surprisal.scorer.drift;

import dev.surprisal.scorer.drift.DriftReport.FieldDrift;
import dev.surprisal.scorer.drift.DriftReport.ScoreDrift;
import dev.surprisal.scorer.instance.InstanceSummary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Whether what comes to all instances of a pipeline is still like training.
 *
 * <p>How many values fell into each cell adds up. States do not: every instance judges windows of its own, with its own guarantee, and where one of them sees its keys drift, all others together must not
 * hide it. So of each field, and of the scores, the state and the figures are those of the instance to which it is the most unlike training.
 *
 * @param report of all of them together
 * @param instances by a field's name, and {@value DriftReport#SCORES}, the other instance whose state and figures they are; what is not here is this one's
 * @param contributed how many have compared with the same model
 */
public record PipelineDrift(DriftReport report, Map<String, String> instances, int contributed) {

    private static final Comparator<FieldDrift> LIKENESS = Comparator.comparing(FieldDrift::state)
            .thenComparing(field -> Double.isNaN(field.index()) ? -1 : field.index());

    /**
     * What this instance found, and what others did.
     *
     * @param here of this instance
     * @param untouched of the model that scores here, as if it had not seen a record; null while there is none
     */
    public static PipelineDrift of(DriftReport here, DriftReport untouched, List<InstanceSummary> others) {
        boolean isLate = untouched != null
                && untouched.off() == null
                && !untouched.modelVersion().equals(here.modelVersion())
                && others.stream().anyMatch(each -> isOf(each, untouched.modelVersion()));
        DriftReport own = isLate ? untouched : here;
        if (own.off() != null) {
            return new PipelineDrift(own, Map.of(), 0);
        }
        String version = own.modelVersion();
        List<InstanceSummary> same =
                others.stream().filter(each -> isOf(each, version)).toList();
        Map<String, String> instances = new HashMap<>();
        List<FieldDrift> fields = own.fields().stream()
                .map(field -> merged(field, same, instances))
                .toList();
        ScoreDrift scores = own.scores();
        int seen = own.seen();
        long windows = own.windows();
        for (InstanceSummary each : same) {
            ScoreDrift theirs = new ScoreDrift(
                    DriftState.of(each.drift().scores()), each.drift().evidence());
            if (theirs.state().compareTo(scores.state()) > 0
                    || (theirs.state() == scores.state() && theirs.evidence() > scores.evidence())) {
                scores = theirs;
                instances.put(DriftReport.SCORES, each.instance());
            }
            seen = Math.max(seen, each.drift().seen());
            windows += each.drift().windows();
        }
        return new PipelineDrift(
                new DriftReport(null, own.model(), version, own.window(), seen, windows, scores, fields),
                instances,
                same.size() + (isLate ? 0 : 1));
    }

    private static boolean isOf(InstanceSummary other, String version) {
        return other.drift() != null && version.equals(other.drift().modelVersion());
    }

    private static FieldDrift merged(FieldDrift own, List<InstanceSummary> others, Map<String, String> instances) {
        long[] counts = own.counts().clone();
        FieldDrift worst = own;
        for (InstanceSummary each : others) {
            FieldDrift theirs = each.drift().fields().stream()
                    .filter(field -> own.field().equals(field.field()))
                    .filter(field -> field.counts() != null && field.counts().length == counts.length)
                    .findFirst()
                    .map(field -> of(own, field))
                    .orElse(null);
            if (theirs == null) {
                continue;
            }
            for (int cell = 0; cell < counts.length; cell++) {
                counts[cell] += theirs.counts()[cell];
            }
            if (LIKENESS.compare(theirs, worst) > 0) {
                worst = theirs;
                instances.put(own.field(), each.instance());
            }
        }
        return worst.withCounts(counts);
    }

    private static FieldDrift of(FieldDrift own, InstanceSummary.FieldDrift told) {
        return new FieldDrift(
                own.field(),
                DriftState.of(told.state()),
                told.index(),
                told.chance(),
                Objects.requireNonNullElse(told.sentence(), ""),
                orNaN(told.low()),
                orNaN(told.median()),
                orNaN(told.high()),
                own.usualMedian(),
                own.reference(),
                told.counts(),
                own.labels());
    }

    private static double orNaN(Double value) {
        return value == null ? Double.NaN : value;
    }

    /** For other instances; null where nothing is compared. */
    public static InstanceSummary.Drift told(DriftReport report) {
        if (report.off() != null) {
            return null;
        }
        List<InstanceSummary.FieldDrift> fields = new ArrayList<>();
        report.fields().stream()
                .filter(field -> !Double.isNaN(field.index()))
                .sorted(LIKENESS.reversed())
                .limit(InstanceSummary.Drift.MOST_FIELDS)
                .forEach(field -> fields.add(new InstanceSummary.FieldDrift(
                        field.field(),
                        field.state().text(),
                        field.index(),
                        field.chance(),
                        field.sentence(),
                        known(field.low()),
                        known(field.median()),
                        known(field.high()),
                        Arrays.copyOf(field.counts(), field.counts().length))));
        return new InstanceSummary.Drift(
                report.modelVersion(),
                report.seen(),
                report.windows(),
                report.scores().state().text(),
                Math.min(Double.MAX_VALUE, report.scores().evidence()),
                fields);
    }

    private static Double known(double value) {
        return Double.isNaN(value) ? null : (Double) value;
    }
}
