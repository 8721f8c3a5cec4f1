package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.scorer.instance.InstanceTopic;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import dev.surprisal.scorer.model.ModelTopic;
import dev.surprisal.scorer.mute.MuteRuleTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics of a pipeline: the records' must be there, the others are created where they are missing. What exists is never changed, but for Kafka Streams' own changelogs, which grow with the topics of records.
 */
public final class PipelineTopics {

    private static final Logger LOG = LoggerFactory.getLogger(PipelineTopics.class);

    /** What an output record may have beside the input record that it carries. */
    private static final int HEADROOM = 64 << 10;
    /** The last label of a record is the one that counts, and the last state of a key. */
    private static final Map<String, String> COMPACTED =
            Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);

    private final Pipeline pipeline;
    private final KafkaAdmin kafka;

    public PipelineTopics(Pipeline pipeline, KafkaAdmin kafka) {
        this.pipeline = pipeline;
        this.kafka = kafka;
    }

    /**
     * One topic that a pipeline needs.
     *
     * @param exists whether it is there; if so, it is as it is
     * @param partitions as they are, or would be
     * @param replicas as they are, or would be
     * @param configs with which it would be created; empty where it exists
     */
    public record Planned(String name, boolean exists, int partitions, int replicas, Map<String, String> configs) {}

    /**
     * The topics that the pipeline needs, those of records first.
     *
     * @throws SurprisalException if there is no topic of records, or Kafka does not answer
     */
    public List<Planned> plan() {
        Set<String> existing = kafka.topics();
        Set<String> inputs = new TreeSet<>(existing);
        inputs.removeIf(topic -> !pipeline.reads(topic));
        if (inputs.isEmpty()) {
            String servers = pipeline.kafka().get("bootstrap.servers");
            throw new SurprisalException(
                    pipeline.pattern() == null
                            ? "the topic '" + pipeline.topic() + "' does not exist on " + servers + "; create it first"
                            : "no topic on " + servers + " matches '" + pipeline.pattern() + "'; create one first");
        }
        List<Planned> plan = new ArrayList<>();
        int partitions = 1;
        int replicas = 1;
        int recordBytes = pipeline.maxRecordBytes();
        for (TopicDescription records : kafka.describe(inputs).values()) {
            Planned input = existing(records);
            plan.add(input);
            partitions = Math.max(partitions, input.partitions);
            replicas = Math.max(replicas, input.replicas);
            recordBytes = Math.max(recordBytes, kafka.maxMessageBytes(records.name()));
        }
        int largest = (int) Math.min(Integer.MAX_VALUE, (long) recordBytes + HEADROOM);
        Map<String, String> configs = Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(largest));
        Topics topics = pipeline.topics();
        for (String output :
                List.of(topics.scores(), topics.shadowScores(), topics.anomalies(), topics.deadLetters())) {
            plan.add(output(existing, new Planned(output, false, partitions, replicas, configs)));
        }
        if (!pipeline.incidents().isOff()) {
            plan.add(output(existing, new Planned(topics.incidents(), false, partitions, replicas, Map.of())));
            plan.add(output(existing, new Planned(MuteRuleTopic.NAME, false, 1, replicas, MuteRuleTopic.CONFIGS)));
        }
        if (!pipeline.silences().isOff()) {
            plan.add(output(existing, new Planned(topics.silences(), false, partitions, replicas, Map.of())));
        }
        // Kafka Streams would create them too, but not while an instance without the stores leads the group, as in an
        // upgrade.
        for (Map.Entry<String, Map<String, String>> store :
                ScoringTopology.stores(pipeline).entrySet()) {
            Map<String, String> ofChangelog = new TreeMap<>(COMPACTED);
            ofChangelog.putAll(store.getValue());
            plan.add(output(
                    existing,
                    new Planned(changelog(pipeline, store.getKey()), false, partitions, replicas, ofChangelog)));
        }
        // Few, and in one order.
        plan.add(output(existing, new Planned(topics.modelEvents(), false, 1, replicas, Map.of())));
        plan.add(output(existing, new Planned(topics.drift(), false, 1, replicas, Map.of())));
        plan.add(output(existing, new Planned(topics.labels(), false, 1, replicas, COMPACTED)));
        plan.add(output(existing, new Planned(InstanceTopic.NAME, false, 1, replicas, InstanceTopic.CONFIGS)));
        if (pipeline.model().published() != null) {
            plan.add(output(existing, new Planned(ModelTopic.NAME, false, 1, replicas, ModelTopic.CONFIGS)));
        }
        return plan;
    }

    private Planned output(Set<String> existing, Planned missing) {
        return existing.contains(missing.name)
                ? existing(kafka.describe(List.of(missing.name)).get(missing.name))
                : missing;
    }

    private static Planned existing(TopicDescription topic) {
        return new Planned(
                topic.name(),
                true,
                topic.partitions().size(),
                topic.partitions().get(0).replicas().size(),
                Map.of());
    }

    /** Creates what a plan says is missing. */
    public void create(List<Planned> plan) {
        List<NewTopic> missing = new ArrayList<>();
        for (Planned topic : plan) {
            if (!topic.exists) {
                missing.add(new NewTopic(topic.name, Optional.of(topic.partitions), Optional.of((short) topic.replicas))
                        .configs(topic.configs));
            }
        }
        kafka.create(missing);
    }

    /** Creates what is missing, and tells how many partitions the topics of records have, and what the outputs take. */
    Prepared prepare() {
        List<Planned> plan = plan();
        create(plan.stream()
                .filter(topic -> !topic.name.equals(InstanceTopic.NAME))
                .toList());
        createForInstances(plan);
        Topics topics = pipeline.topics();
        int partitions = plan.stream()
                .filter(topic -> pipeline.reads(topic.name))
                .mapToInt(Planned::partitions)
                .max()
                .orElseThrow();
        growChangelogs(plan, partitions);
        OutputLimits limits = new OutputLimits(
                Math.min(kafka.maxMessageBytes(topics.scores()), kafka.maxMessageBytes(topics.shadowScores())),
                kafka.maxMessageBytes(topics.anomalies()),
                kafka.maxMessageBytes(topics.deadLetters()));
        return new Prepared(partitions, limits);
    }

    /** Scoring does not need it: rights from before there was this topic do for all else. */
    private void createForInstances(List<Planned> plan) {
        try {
            create(plan.stream()
                    .filter(topic -> topic.name.equals(InstanceTopic.NAME))
                    .toList());
        } catch (SurprisalException e) {
            LOG.warn(
                    "pipeline '{}' scores, but its instances do not hear of one another: {}",
                    pipeline.name(),
                    e.getMessage());
        }
    }

    /** Kafka Streams refuses to start with fewer. What a partition remembers stays in the changelog's partition of the same number. */
    private void growChangelogs(List<Planned> plan, int partitions) {
        Set<String> changelogs = new TreeSet<>();
        ScoringTopology.stores(pipeline).keySet().forEach(store -> changelogs.add(changelog(pipeline, store)));
        for (Planned topic : plan) {
            if (changelogs.contains(topic.name) && topic.partitions < partitions) {
                LOG.info("pipeline '{}': {} grows to {} partitions", pipeline.name(), topic.name, partitions);
                kafka.grow(topic.name, partitions);
            }
        }
    }

    static String changelog(Pipeline pipeline, String store) {
        return pipeline.applicationId() + "-" + store + "-changelog";
    }

    /**
     * Topics that are there.
     *
     * @param partitions of the topics of records, the most that one has
     */
    record Prepared(int partitions, OutputLimits limits) {}
}
