package dev.surprisal.scorer.api;

import dev.surprisal.scorer.feedback.LabelState;
import dev.surprisal.scorer.feedback.Labels;
import dev.surprisal.scorer.ops.Activities;
import dev.surprisal.scorer.ops.Instances;
import dev.surprisal.scorer.ops.OutputTail;
import dev.surprisal.scorer.ops.OutputTails;
import dev.surprisal.scorer.ops.Pipelines;
import dev.surprisal.scorer.stream.PipelineStreams;
import jakarta.inject.Singleton;
import java.util.List;

/** The pipelines as a request names them. */
@Singleton
final class RequestedPipelines {

    private final Pipelines pipelines;
    private final Activities activities;
    private final OutputTails tails;
    private final Labels labels;
    private final Instances instances;

    RequestedPipelines(
            Pipelines pipelines, Activities activities, OutputTails tails, Labels labels, Instances instances) {
        this.pipelines = pipelines;
        this.activities = activities;
        this.tails = tails;
        this.labels = labels;
        this.instances = instances;
    }

    List<PipelineStreams> all() {
        return pipelines.all();
    }

    /** The pipeline of a name, or a 404. */
    PipelineStreams streams(String name) {
        return pipelines
                .find(name)
                .orElseThrow(() -> ProblemException.notFound("There is no pipeline '" + name
                        + "', or it has not started yet; GET /api/v1/pipelines lists them."));
    }

    OutputTail tail(String name) {
        return tails.of(streams(name).pipeline().name());
    }

    LabelState labels(String name) {
        return labels.of(streams(name).pipeline().name()).state();
    }

    PipelineView view(PipelineStreams streams) {
        return PipelineView.of(streams, activities.of(streams.pipeline().name()), instances);
    }
}
