package dev.surprisal.scorer.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.surprisal.schemas.model.ModelException;
import dev.surprisal.scorer.kafka.LoneConsumer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.header.Header;

/**
 * What the topic of models holds: deployments, and where the pieces of the files are, whose bytes it does not keep. Of one thread; Kafka's own exceptions pass through.
 */
final class ModelTopicReader implements AutoCloseable {

    static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(com.fasterxml.jackson.databind.SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Map<String, String> kafka;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, Deployment> deployments = new TreeMap<>();
    private final Map<String, Map<Integer, Long>> chunks = new HashMap<>();

    /** A model file, not verified yet; the signature is null where there is none. */
    record File(byte[] bytes, byte[] signature) {}

    ModelTopicReader(Map<String, String> kafka) {
        this.kafka = kafka;
        consumer = consumer();
        consumer.seekToBeginning(List.of(ModelTopic.PARTITION));
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        KafkaConsumer<byte[], byte[]> made = LoneConsumer.open(kafka);
        made.assign(List.of(ModelTopic.PARTITION));
        return made;
    }

    /** Takes in what has come, waiting for it for some time. */
    void poll(Duration patience) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
            take(record);
        }
    }

    /** Takes in all that is there now. */
    void catchUp() {
        long end = consumer.endOffsets(List.of(ModelTopic.PARTITION)).get(ModelTopic.PARTITION);
        long patience = System.nanoTime() + PATIENCE.toNanos();
        while (consumer.position(ModelTopic.PARTITION) < end) {
            if (System.nanoTime() > patience) {
                throw new org.apache.kafka.common.errors.TimeoutException(
                        "the topic of models could not be read to its end");
            }
            poll(Duration.ofMillis(100));
        }
    }

    /** Ends a wait in {@link #poll} by another thread, with a {@code WakeupException}. */
    void wakeUp() {
        consumer.wakeup();
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return;
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        ModelTopic.Chunk chunk = ModelTopic.Chunk.parse(key);
        if (chunk != null) {
            takeChunk(chunk, record);
        } else if (record.value() == null) {
            deployments.remove(key);
        } else {
            try {
                deployments.put(key, JSON.readValue(record.value(), Deployment.class));
            } catch (IOException e) {
                throw new ModelException(
                        "the deployment of '" + key + "' at offset " + record.offset() + " of " + ModelTopic.NAME
                                + " cannot be read: " + e.getMessage(),
                        e);
            }
        }
    }

    private void takeChunk(ModelTopic.Chunk chunk, ConsumerRecord<byte[], byte[]> record) {
        String file = chunk.name() + "/" + chunk.sha256();
        if (record.value() != null) {
            chunks.computeIfAbsent(file, none -> new TreeMap<>()).put(chunk.number(), record.offset());
        } else if (chunks.containsKey(file)) {
            chunks.get(file).remove(chunk.number());
            chunks.computeIfPresent(file, (key, left) -> left.isEmpty() ? null : left);
        }
    }

    Deployment deployment(String name) {
        return deployments.getOrDefault(name, Deployment.NONE);
    }

    Map<String, Deployment> deployments() {
        return Collections.unmodifiableMap(deployments);
    }

    /** The files of a name of which the topic holds a piece, by SHA-256. */
    List<String> files(String name) {
        String prefix = name + "/";
        return chunks.keySet().stream()
                .filter(file -> file.startsWith(prefix))
                .map(file -> file.substring(prefix.length()))
                .toList();
    }

    /** The pieces of a file that the topic holds. */
    List<ModelTopic.Chunk> chunks(String name, String sha256) {
        return chunks.getOrDefault(name + "/" + sha256, Map.of()).keySet().stream()
                .map(number -> new ModelTopic.Chunk(name, sha256, number))
                .toList();
    }

    /**
     * Fetches a model file, and checks its hash.
     *
     * @throws ModelException if the topic does not hold just that file
     */
    File fetch(String name, PublishedModel model) {
        String what = describe(name, model);
        if (model.bytes() < 1 || model.bytes() > ModelTopic.MOST_BYTES) {
            throw new ModelException(what + ": it is said to have " + model.bytes() + " bytes");
        }
        Map<Integer, Long> offsets = chunks.getOrDefault(name + "/" + model.sha256(), Map.of());
        int count = ModelTopic.chunks(model.bytes());
        byte[] bytes = new byte[(int) model.bytes()];
        byte[] signature = null;
        try (KafkaConsumer<byte[], byte[]> fetcher = consumer()) {
            for (int number = 0; number < count; number++) {
                Long offset = offsets.get(number);
                if (offset == null) {
                    throw new ModelException(what + ": piece " + (number + 1) + " of " + count + " is missing");
                }
                ConsumerRecord<byte[], byte[]> piece = fetch(fetcher, offset, what);
                int from = number * ModelTopic.CHUNK_BYTES;
                int length = Math.min(ModelTopic.CHUNK_BYTES, bytes.length - from);
                if (piece.value().length != length) {
                    throw new ModelException(what + ": piece " + (number + 1) + " has " + piece.value().length
                            + " bytes instead of " + length);
                }
                System.arraycopy(piece.value(), 0, bytes, from, length);
                Header signed = piece.headers().lastHeader(ModelTopic.SIGNATURE);
                signature = signed == null ? null : signed.value();
            }
        }
        if (!sha256(bytes).equals(model.sha256())) {
            throw new ModelException(
                    what + ": its bytes have the SHA-256 " + sha256(bytes) + " instead of " + model.sha256());
        }
        return new File(bytes, signature);
    }

    private static ConsumerRecord<byte[], byte[]> fetch(
            KafkaConsumer<byte[], byte[]> fetcher, long offset, String what) {
        fetcher.seek(ModelTopic.PARTITION, offset);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            for (ConsumerRecord<byte[], byte[]> record : fetcher.poll(Duration.ofMillis(100))) {
                if (record.offset() == offset && record.value() != null) {
                    return record;
                }
                if (record.offset() > offset) {
                    throw new ModelException(what + ": a piece of it has just been replaced");
                }
            }
        }
        throw new org.apache.kafka.common.errors.TimeoutException(what + " could not be fetched in time");
    }

    static String describe(String name, PublishedModel model) {
        return ModelTopic.NAME + " " + name + " " + model.version();
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static byte[] write(Deployment deployment) {
        try {
            return JSON.writeValueAsBytes(deployment);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a deployment cannot be written as JSON", e);
        }
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
