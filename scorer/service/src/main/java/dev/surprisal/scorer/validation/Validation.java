package dev.surprisal.scorer.validation;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.PipelineTopics;
import dev.surprisal.scorer.stream.PipelineTopics.Planned;
import java.util.List;
import java.util.function.Consumer;

/** The checks of pipelines, one after the other: what a check needs is checked before it. They only look: no topic, group, transaction or file comes to be or changes. */
public final class Validation {

    private final Consumer<Finding> found;

    /** @param found is told each finding as soon as it is there */
    public Validation(Consumer<Finding> found) {
        this.found = found;
    }

    /** Checks a pipeline. */
    public void check(Pipeline pipeline) {
        String name = pipeline.name();
        try (KafkaAdmin kafka = KafkaAdmin.connect(pipeline.kafka())) {
            if (!new ConnectionCheck(pipeline, found).passes(kafka)) {
                found.accept(
                        Finding.warning(name, "topics, rights and a trial are not checked, since Kafka is not there"));
                if (pipeline.model().file() != null) {
                    new ModelCheck(pipeline, found).check(List.of());
                }
                return;
            }
            List<Planned> topics = topics(pipeline, kafka);
            if (topics.isEmpty()) {
                new ModelCheck(pipeline, found).check(List.of());
                return;
            }
            new RightsCheck(pipeline, found).check(kafka, topics);
            registry(pipeline);
            new ModelCheck(pipeline, found).check(latest(pipeline, topics));
        } catch (SurprisalException e) {
            found.accept(Finding.failed(name, e.getMessage()));
        }
    }

    /** Empty where they cannot be looked at. */
    private List<Planned> topics(Pipeline pipeline, KafkaAdmin kafka) {
        String name = pipeline.name();
        try {
            List<Planned> plan = new PipelineTopics(pipeline, kafka).plan();
            for (Planned topic : plan) {
                if (!topic.exists()) {
                    found.accept(Finding.warning(
                            name,
                            "the topic " + topic.name()
                                    + " is not there, or not for these eyes; `surprisal topics apply` creates it"));
                } else if (pipeline.reads(topic.name())) {
                    found.accept(Finding.ok(
                            name,
                            "the topic " + topic.name() + " has " + topic.partitions()
                                    + (topic.partitions() == 1 ? " partition" : " partitions")));
                }
            }
            long there = plan.stream().filter(Planned::exists).count();
            found.accept(Finding.ok(name, there + " of " + plan.size() + " topics are there"));
            plan.stream()
                    .filter(topic -> topic.exists() && topic.replicas() == 1)
                    .findFirst()
                    .ifPresent(topic -> found.accept(Finding.warning(
                            name, "the topic " + topic.name() + " has one replica, and is away when its broker is")));
            return plan;
        } catch (SurprisalException e) {
            found.accept(Finding.failed(name, e.getMessage()));
            return List.of();
        }
    }

    private void registry(Pipeline pipeline) {
        try {
            pipeline.newFormats()
                    .probe()
                    .ifPresent(url -> found.accept(Finding.ok(
                            pipeline.name(),
                            "the schema registry " + url + " answers; events are written in " + pipeline.events())));
        } catch (SurprisalException e) {
            found.accept(Finding.failed(pipeline.name(), e.getMessage()));
        }
    }

    private List<byte[]> latest(Pipeline pipeline, List<Planned> topics) {
        try {
            return LatestRecords.read(
                    pipeline.kafka(),
                    topics.stream().map(Planned::name).filter(pipeline::reads).toList());
        } catch (SurprisalException e) {
            found.accept(Finding.failed(pipeline.name(), e.getMessage()));
            return List.of();
        }
    }
}
