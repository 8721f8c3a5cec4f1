package dev.surprisal.scorer.ops;

import dev.surprisal.scorer.drift.DriftReport;
import dev.surprisal.scorer.drift.PipelineDrift;
import dev.surprisal.scorer.instance.InstanceSummary;
import dev.surprisal.scorer.instance.InstanceSummary.Partition;
import dev.surprisal.scorer.model.ModelSwitch;
import dev.surprisal.scorer.stream.PipelineStreams;
import java.util.List;

/** What this instance says of itself. */
final class OwnSummary {

    private static final int MOST_FAILURE = 300;

    private OwnSummary() {}

    static InstanceSummary of(
            String instance,
            long started,
            long now,
            PipelineStreams streams,
            PipelineActivity activity,
            DriftReport drift) {
        ModelSwitch.Serving serving = streams.models().serving();
        ShadowComparison.Snapshot comparison = activity.comparison(serving);
        String failure = streams.failure();
        List<Partition> partitions = streams.lag().entrySet().stream()
                .map(each -> new Partition(each.getKey(), each.getValue()))
                .toList();
        return new InstanceSummary(
                streams.pipeline().name(),
                instance,
                started,
                now,
                streams.state(),
                streams.isRunning(),
                failure == null || failure.length() <= MOST_FAILURE ? failure : failure.substring(0, MOST_FAILURE),
                serving.model() == null ? null : serving.model().card().version(),
                serving.shadow() == null ? null : serving.shadow().card().version(),
                partitions,
                activity.records(),
                activity.scores(),
                activity.flags(),
                activity.deadLetters(),
                activity.ageSeconds().counts(),
                distribution(activity.scoresByReference()),
                comparison == null ? null : comparison.told(),
                PipelineDrift.told(drift));
    }

    private static InstanceSummary.Distribution distribution(PipelineActivity.Scores scores) {
        if (scores == null) {
            return null;
        }
        double[] bounds = scores.reference().bounds();
        return new InstanceSummary.Distribution(
                scores.modelVersion(),
                scores.since(),
                bounds[0],
                bounds[bounds.length - 1],
                scores.counts().counts());
    }
}
