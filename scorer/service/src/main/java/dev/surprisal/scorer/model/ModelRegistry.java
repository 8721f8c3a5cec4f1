package dev.surprisal.scorer.model;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The models on the topic {@value ModelTopic#NAME}, to be published, promoted and rolled back. All scorers that follow the topic take a change up within a second.
 *
 * <p>Each change is one transaction, and they exclude each other: of two at once, one fails and can be done again. Methods throw a {@link SurprisalException} where Kafka
 * refuses or does not answer.
 */
public final class ModelRegistry {

    /** The name of the transactions in which models change. */
    public static final String TRANSACTION = "surprisal-models";

    private final Map<String, String> kafka;
    private final Clock clock;

    /** @param kafka properties of the connection */
    public ModelRegistry(Map<String, String> kafka, Clock clock) {
        this.kafka = Map.copyOf(kafka);
        this.clock = clock;
    }

    /** The deployments by name; empty where nothing was published yet. */
    public Map<String, Deployment> deployments() {
        boolean exists = KafkaAdmin.with(kafka, admin -> admin.topics().contains(ModelTopic.NAME));
        if (!exists) {
            return Map.of();
        }
        try (ModelTopicReader reader = new ModelTopicReader(kafka)) {
            reader.catchUp();
            return new TreeMap<>(reader.deployments());
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    /**
     * The file of a published model, with its hash checked.
     *
     * @throws SurprisalException if the topic does not hold just that file
     */
    public byte[] fetch(String name, PublishedModel model) {
        try (ModelTopicReader reader = new ModelTopicReader(kafka)) {
            reader.catchUp();
            return reader.fetch(name, model).bytes();
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    /**
     * Publishes a model file, to score from now on or to be the shadow of the one that does. Whether scorers take it is for them to say.
     *
     * @param name of the model
     * @param version in its card
     * @param signature null where there is none
     * @return what is deployed now
     */
    public Deployment publish(String name, String version, byte[] onnx, byte[] signature, boolean asShadow) {
        if (!name.matches(ModelTopic.NAMES)) {
            throw new SurprisalException("'" + name + "' is no name of a model");
        }
        if (onnx.length > ModelTopic.MOST_BYTES) {
            throw new SurprisalException("a model may have " + ModelTopic.MOST_BYTES + " bytes, not " + onnx.length);
        }
        PublishedModel model = new PublishedModel(version, ModelTopicReader.sha256(onnx), onnx.length, clock.instant());
        KafkaAdmin.with(kafka, admin -> {
            ModelTopic.create(admin);
            return null;
        });
        return change(
                name,
                before -> asShadow ? before.shadow(model) : before.publish(model),
                producer -> sendChunks(producer, name, model, onnx, signature));
    }

    /** Lets the shadow score. */
    public Deployment promote(String name) {
        return change(name, before -> before.promote(name), producer -> {});
    }

    /** Lets nothing score beside the model that does. */
    public Deployment dropShadow(String name) {
        return change(name, before -> before.shadow(null), producer -> {});
    }

    /**
     * Lets an earlier model score again.
     *
     * @param version which; null for the last before
     */
    public Deployment rollback(String name, String version) {
        return change(name, before -> before.rollback(name, version), producer -> {});
    }

    private interface Sending {
        void by(KafkaProducer<byte[], byte[]> producer);
    }

    private Deployment change(String name, UnaryOperator<Deployment> change, Sending first) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            // From here on, whoever is in the middle of a change cannot finish it.
            producer.initTransactions();
            try (ModelTopicReader reader = new ModelTopicReader(kafka)) {
                reader.catchUp();
                Deployment before = reader.deployment(name);
                Deployment after = change.apply(before);
                producer.beginTransaction();
                first.by(producer);
                send(
                        producer,
                        new ProducerRecord<>(
                                ModelTopic.NAME,
                                0,
                                name.getBytes(StandardCharsets.UTF_8),
                                ModelTopicReader.write(after)));
                Set<String> unused = new HashSet<>(reader.files(name));
                unused.removeAll(after.files());
                unused.forEach(sha256 -> reader.chunks(name, sha256)
                        .forEach(chunk -> send(producer, new ProducerRecord<>(ModelTopic.NAME, 0, chunk.key(), null))));
                producer.commitTransaction();
                return after;
            }
        } catch (ProducerFencedException | InvalidProducerEpochException e) {
            throw new SurprisalException("somebody else changed the models at the same time; try again", e);
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    private static void sendChunks(
            KafkaProducer<byte[], byte[]> producer, String name, PublishedModel model, byte[] onnx, byte[] signature) {
        for (int number = 0; number < ModelTopic.chunks(onnx.length); number++) {
            int from = number * ModelTopic.CHUNK_BYTES;
            byte[] piece = Arrays.copyOfRange(onnx, from, Math.min(onnx.length, from + ModelTopic.CHUNK_BYTES));
            byte[] key = new ModelTopic.Chunk(name, model.sha256(), number).key();
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(ModelTopic.NAME, 0, key, piece);
            if (signature != null) {
                record.headers().add(ModelTopic.SIGNATURE, signature);
            }
            send(producer, record);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the commit fails where a record does
    private static void send(KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        producer.send(record);
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TRANSACTION);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "20000");
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private SurprisalException failed(KafkaException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return new SurprisalException(
                "the topic " + ModelTopic.NAME + " on " + kafka.get("bootstrap.servers") + " cannot be used: "
                        + cause.getMessage(),
                e);
    }
}
