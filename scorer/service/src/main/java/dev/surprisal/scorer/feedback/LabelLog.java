package dev.surprisal.scorer.feedback;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Label;
import dev.surprisal.scorer.kafka.LoneConsumer;
import dev.surprisal.scorer.kafka.WholeTopic;
import dev.surprisal.scorer.stream.Pipeline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The labels of a pipeline's records: written to their topic, and followed there, whoever writes them. What goes wrong with it does not touch the scoring. */
public final class LabelLog implements AutoCloseable {

    /** Of how many records an instance remembers the label; the topic has them all. */
    public static final int MOST = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(LabelLog.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long AGAIN_SECONDS = 3;
    private static final long STOP_MILLIS = 2_000;
    private static final int WRITE_SECONDS = 10;
    private static final long READ_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Pipeline pipeline;
    private final String topic;
    private final LabelState state;
    private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile KafkaConsumer<byte[], byte[]> consumer;
    private volatile String failure;
    private KafkaProducer<byte[], byte[]> producer;

    LabelLog(Pipeline pipeline) {
        this.pipeline = pipeline;
        topic = pipeline.topics().labels();
        state = new LabelState(topic, pipeline::reads, MOST);
        thread = new Thread(this::follow, "labels-" + pipeline.name());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** What has been read and written. */
    public LabelState state() {
        return state;
    }

    /** Why the topic cannot be read at the moment; null while it can. */
    public String failure() {
        return failure;
    }

    /**
     * Writes a label, and returns when the topic has it and, as a rule, it has been read back: so it takes its place among those that others write at the same time.
     *
     * @throws SurprisalException if Kafka does not take it; then it may be there or not, and writing it again does no harm
     */
    public void write(Label label) {
        byte[] key = label.record().toString().getBytes(StandardCharsets.UTF_8);
        try {
            RecordMetadata written = producer()
                    .send(new ProducerRecord<>(topic, key, label.write()))
                    .get(WRITE_SECONDS, TimeUnit.SECONDS);
            awaitRead(written);
        } catch (ExecutionException e) {
            throw notTaken(e.getCause());
        } catch (KafkaException | TimeoutException e) {
            throw notTaken(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw notTaken(e);
        }
    }

    /** For whoever has written it may ask for it at once; where the topic cannot be read now, they have to ask again. */
    private void awaitRead(RecordMetadata written) {
        TopicPartition partition = new TopicPartition(topic, written.partition());
        long end = System.nanoTime() + READ_NANOS;
        while (closed.getCount() > 0
                && positions.getOrDefault(partition, 0L) <= written.offset()
                && System.nanoTime() < end) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private SurprisalException notTaken(Throwable e) {
        String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new SurprisalException("the topic '" + topic + "' does not take the label: " + why, e);
    }

    private synchronized KafkaProducer<byte[], byte[]> producer() {
        if (closed.getCount() == 0) {
            throw new SurprisalException("the scorer is stopping");
        }
        if (producer == null) {
            Map<String, Object> properties = new HashMap<>(pipeline.kafka());
            properties.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
            properties.put(ProducerConfig.ACKS_CONFIG, "all");
            properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
            properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Integer.toString(WRITE_SECONDS * 1_000));
            properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
            properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.toString(WRITE_SECONDS * 1_000));
            properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 1 << 20);
            producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        }
        return producer;
    }

    private void follow() {
        while (closed.getCount() > 0) {
            try (KafkaConsumer<byte[], byte[]> mine = LoneConsumer.open(pipeline.kafka())) {
                consumer = mine;
                read(mine);
            } catch (WakeupException e) {
                return;
            } catch (UnknownTopicOrPartitionException e) {
                // Nothing to worry about: the pipeline creates it once it has what it waits for.
                failure = e.getMessage();
                pause();
            } catch (KafkaException | SurprisalException e) {
                if (!String.valueOf(e.getMessage()).equals(failure)) {
                    LOG.warn("pipeline '{}': its labels cannot be read: {}", pipeline.name(), e.getMessage());
                }
                failure = String.valueOf(e.getMessage());
                pause();
            } finally {
                consumer = null;
            }
        }
    }

    private void read(KafkaConsumer<byte[], byte[]> from) {
        List<TopicPartition> partitions = WholeTopic.partitions(from, topic);
        if (partitions.isEmpty()) {
            throw new UnknownTopicOrPartitionException("the topic '" + topic + "' is not there yet");
        }
        from.assign(partitions);
        partitions.forEach(partition -> from.seek(partition, positions.getOrDefault(partition, 0L)));
        while (closed.getCount() > 0) {
            from.poll(POLL).forEach(record -> state.take(record.key(), record.value()));
            partitions.forEach(partition -> positions.put(partition, from.position(partition)));
            failure = null;
        }
    }

    private void pause() {
        try {
            if (closed.await(AGAIN_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        KafkaConsumer<byte[], byte[]> reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
        synchronized (this) {
            if (producer != null) {
                producer.close(Duration.ofMillis(500));
            }
        }
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
