package dev.surprisal.scorer.stream;

import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import dev.surprisal.schemas.event.Topics;
import dev.surprisal.scorer.instance.InstanceTopic;
import dev.surprisal.scorer.model.ModelRegistry;
import dev.surprisal.scorer.model.ModelTopic;
import dev.surprisal.scorer.mute.MuteRuleTopic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** The rights on a Kafka with an authorizer that each component of a pipeline needs, and no more. */
public final class PipelineRights {

    /** What the transactions of replays are called, before what is their own. */
    public static final String REPLAYS = "surprisal-replay-";

    private PipelineRights() {}

    /** Who has rights of its own. */
    public enum Component {
        /** {@code serve}. */
        SCORER("serve, with the topics that `topics apply` has created"),
        /** {@code topics apply}. */
        TOPICS("topics apply"),
        /** {@code publish}, {@code models}, {@code promote}, {@code rollback}. */
        PUBLISHER("publish, models, promote and rollback"),
        /** {@code retrain}, {@code export}. */
        RETRAINER("retrain and export; with the rights of the publisher, if it publishes"),
        /** {@code replay}. */
        REPLAYER("replay of dead letters; the scorer needs them too, if it is to send again over HTTP"),
        /** Whoever writes labels to their topic without the HTTP API. */
        LABELLER("writes labels"),
        /** Whoever reads what comes out. */
        CONSUMER("reads scores, flags, incidents, silences and dead letters");

        private final String does;

        Component(String does) {
            this.does = does;
        }

        /** What it does, in words. */
        public String does() {
            return does;
        }
    }

    /**
     * Rights on something.
     *
     * @param prefixed whether on all whose names begin so
     */
    public record Right(ResourceType type, String name, boolean prefixed, Set<AclOperation> operations) {

        /** As ACLs. */
        public List<AclBinding> bindings(String principal) {
            ResourcePattern resource =
                    new ResourcePattern(type, name, prefixed ? PatternType.PREFIXED : PatternType.LITERAL);
            return operations.stream()
                    .map(operation -> new AclBinding(
                            resource, new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW)))
                    .toList();
        }

        /** As options of Kafka's own {@code kafka-acls --add}. */
        public String options() {
            String kind = type == ResourceType.TRANSACTIONAL_ID
                    ? "transactional-id"
                    : type.name().toLowerCase(Locale.ROOT);
            return operations.stream()
                            .map(operation -> "--operation " + operation(operation))
                            .collect(Collectors.joining(" "))
                    + (prefixed ? " --resource-pattern-type prefixed" : "") + " --" + kind + " '" + name + "'";
        }

        private static String operation(AclOperation operation) {
            return Arrays.stream(operation.name().split("_"))
                    .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining());
        }
    }

    /**
     * The rights of a component.
     *
     * @param inputs the topics of records that there are
     */
    public static List<Right> of(Component component, Pipeline pipeline, Collection<String> inputs) {
        List<Right> rights = new ArrayList<>();
        Topics topics = pipeline.topics();
        switch (component) {
            case SCORER -> scorer(pipeline, inputs, rights);
            case TOPICS -> {
                inputs.forEach(topic -> rights.add(topic(topic, DESCRIBE, DESCRIBE_CONFIGS)));
                outputs(pipeline).forEach(topic -> rights.add(topic(topic, CREATE, DESCRIBE)));
                rights.add(topic(topics.labels(), CREATE, DESCRIBE));
                kept(pipeline).forEach(topic -> rights.add(topic(topic, CREATE, DESCRIBE)));
                changelogs(pipeline).forEach(topic -> rights.add(topic(topic, CREATE, DESCRIBE)));
            }
            case PUBLISHER -> publisher(rights);
            case RETRAINER -> {
                inputs.forEach(topic -> rights.add(topic(topic, READ)));
                rights.add(topic(topics.labels(), READ));
                rights.add(topic(topics.drift(), READ));
                rights.add(topic(ModelTopic.NAME, READ));
            }
            case REPLAYER -> {
                rights.add(topic(topics.deadLetters(), READ));
                inputs.forEach(topic -> rights.add(topic(topic, WRITE)));
                rights.add(new Right(ResourceType.TRANSACTIONAL_ID, REPLAYS, true, EnumSet.of(WRITE, DESCRIBE)));
            }
            case LABELLER -> rights.add(topic(topics.labels(), WRITE));
            case CONSUMER -> {
                outputs(pipeline).forEach(topic -> rights.add(topic(topic, READ)));
                rights.add(new Right(ResourceType.GROUP, topics.records() + "-", true, EnumSet.of(READ)));
            }
        }
        return rights;
    }

    private static void scorer(Pipeline pipeline, Collection<String> inputs, List<Right> rights) {
        Topics topics = pipeline.topics();
        inputs.forEach(topic -> rights.add(topic(topic, READ, DESCRIBE_CONFIGS)));
        // What it shows, it reads back.
        Set<String> shown = Set.of(
                topics.anomalies(), topics.incidents(), topics.silences(), topics.deadLetters(), topics.modelEvents());
        for (String topic : outputs(pipeline)) {
            rights.add(
                    shown.contains(topic)
                            ? topic(topic, WRITE, READ, DESCRIBE_CONFIGS)
                            : topic(topic, WRITE, DESCRIBE_CONFIGS));
        }
        rights.add(topic(topics.labels(), READ, WRITE));
        kept(pipeline).forEach(topic -> rights.add(topic(topic, READ, WRITE)));
        String application = pipeline.applicationId();
        rights.add(new Right(ResourceType.GROUP, application, false, EnumSet.of(READ)));
        if (pipeline.delivery() == Delivery.EXACTLY_ONCE) {
            rights.add(new Right(
                    ResourceType.TRANSACTIONAL_ID,
                    application + StreamsProperties.BEFORE_INSTANCE,
                    true,
                    EnumSet.of(WRITE, DESCRIBE)));
        }
        if (pipeline.model().published() != null) {
            rights.add(transactionsOfModels());
        }
        // They grow with the topics of records.
        changelogs(pipeline).forEach(topic -> rights.add(topic(topic, READ, WRITE, ALTER)));
    }

    private static void publisher(List<Right> rights) {
        rights.add(topic(ModelTopic.NAME, CREATE, READ, WRITE));
        rights.add(transactionsOfModels());
    }

    private static Right transactionsOfModels() {
        return new Right(ResourceType.TRANSACTIONAL_ID, ModelRegistry.TRANSACTION, false, EnumSet.of(WRITE, DESCRIBE));
    }

    /** What goes out of a pipeline. */
    private static List<String> outputs(Pipeline pipeline) {
        Topics topics = pipeline.topics();
        List<String> outputs = new ArrayList<>(List.of(
                topics.scores(),
                topics.shadowScores(),
                topics.anomalies(),
                topics.deadLetters(),
                topics.modelEvents(),
                topics.drift()));
        if (!pipeline.incidents().isOff()) {
            outputs.add(topics.incidents());
        }
        if (!pipeline.silences().isOff()) {
            outputs.add(topics.silences());
        }
        return outputs;
    }

    /** What all pipelines keep together. */
    private static List<String> kept(Pipeline pipeline) {
        List<String> kept = new ArrayList<>();
        kept.add(InstanceTopic.NAME);
        if (!pipeline.incidents().isOff()) {
            kept.add(MuteRuleTopic.NAME);
        }
        if (pipeline.model().published() != null) {
            kept.add(ModelTopic.NAME);
        }
        return kept;
    }

    /** Where Kafka Streams keeps what is remembered and open. */
    private static List<String> changelogs(Pipeline pipeline) {
        return ScoringTopology.stores(pipeline).keySet().stream()
                .map(store -> PipelineTopics.changelog(pipeline, store))
                .toList();
    }

    /** Who may read or write something may describe it. */
    private static Right topic(String name, AclOperation first, AclOperation... more) {
        return new Right(ResourceType.TOPIC, name, false, EnumSet.of(first, more));
    }
}
