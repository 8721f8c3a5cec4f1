package dev.surprisal.scorer.validation;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.PipelineRights;
import dev.surprisal.scorer.stream.PipelineRights.Component;
import dev.surprisal.scorer.stream.PipelineRights.Right;
import dev.surprisal.scorer.stream.PipelineTopics.Planned;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.resource.ResourceType;

/** Whether the scorer has the rights that it needs, as far as Kafka tells somebody of their own: on topics and groups that are there, not on transactions and prefixes. */
final class RightsCheck {

    private final Pipeline pipeline;
    private final Consumer<Finding> found;

    RightsCheck(Pipeline pipeline, Consumer<Finding> found) {
        this.pipeline = pipeline;
        this.found = found;
    }

    void check(KafkaAdmin kafka, List<Planned> topics) {
        List<String> names = topics.stream().map(Planned::name).toList();
        List<String> inputs = topics.stream()
                .filter(Planned::exists)
                .map(Planned::name)
                .filter(pipeline::reads)
                .toList();
        Map<String, KafkaFuture<TopicDescription>> described = kafka.admin()
                .describeTopics(names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues();
        List<String> missing = new ArrayList<>();
        int told = 0;
        for (Right right : PipelineRights.of(Component.SCORER, pipeline, inputs)) {
            Set<AclOperation> has = has(kafka, right, described);
            if (has != null) {
                told++;
                Set<AclOperation> lacks = EnumSet.copyOf(right.operations());
                lacks.removeAll(has);
                if (!lacks.isEmpty()) {
                    missing.add(lacks + " on " + right.type() + " " + right.name());
                }
            }
        }
        if (missing.isEmpty()) {
            found.accept(Finding.ok(pipeline.name(), "the rights on " + told + " topics and groups are there"));
        } else {
            found.accept(Finding.failed(
                    pipeline.name(),
                    "rights are missing: " + String.join("; ", missing)
                            + "; `surprisal topics plan --acls` lists them all"));
        }
    }

    /** Null where nobody tells. */
    private static Set<AclOperation> has(
            KafkaAdmin kafka, Right right, Map<String, KafkaFuture<TopicDescription>> described) {
        if (right.prefixed() || (right.type() == ResourceType.TOPIC && !described.containsKey(right.name()))) {
            return null;
        }
        try {
            return switch (right.type()) {
                case TOPIC ->
                    kafka.get("describe topic " + right.name(), described.get(right.name()))
                            .authorizedOperations();
                case GROUP -> group(kafka, right.name()).authorizedOperations();
                default -> null;
            };
        } catch (SurprisalException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return Set.of();
            }
            if (e.getCause() instanceof UnknownTopicOrPartitionException
                    || e.getCause() instanceof GroupIdNotFoundException) {
                return null;
            }
            throw e;
        }
    }

    private static ConsumerGroupDescription group(KafkaAdmin kafka, String name) {
        return kafka.get(
                "describe group " + name,
                kafka.admin()
                        .describeConsumerGroups(
                                List.of(name), new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                        .describedGroups()
                        .get(name));
    }
}
