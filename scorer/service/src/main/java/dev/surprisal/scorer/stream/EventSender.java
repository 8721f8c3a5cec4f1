package dev.surprisal.scorer.stream;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the occasional event of a pipeline to a topic, beside the stream, which does not wait for it. An event that Kafka does not take is lost, with a warning in the log. */
public final class EventSender implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventSender.class);
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int MOST_WAITING = 1_000;

    private final Pipeline pipeline;
    private final String topic;
    private final ExecutorService sender;
    private KafkaProducer<byte[], byte[]> producer;

    public EventSender(Pipeline pipeline, String topic) {
        this.pipeline = pipeline;
        this.topic = topic;
        sender = new ThreadPoolExecutor(
                0, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), this::thread);
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "tell-" + topic);
        thread.setDaemon(true);
        return thread;
    }

    /** Sends an event under the pipeline's name. */
    public void send(byte[] event) {
        byte[] key = pipeline.name().getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> told = new ProducerRecord<>(topic, key, event);
        try {
            sender.execute(() -> deliver(told));
        } catch (RejectedExecutionException e) {
            LOG.warn("an event for {} is in the log only, because too many wait before it", topic);
        }
    }

    private void deliver(ProducerRecord<byte[], byte[]> event) {
        try {
            if (producer == null) {
                producer = producer();
            }
            Future<RecordMetadata> told = producer.send(event, (written, e) -> {
                if (e != null) {
                    LOG.warn("an event for {} is in the log only: {}", topic, e.getMessage());
                }
            });
            LOG.debug("told {}: {}", topic, told);
        } catch (KafkaException e) {
            LOG.warn("an event for {} is in the log only: {}", topic, e.getMessage());
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> properties = new HashMap<>(pipeline.kafka());
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MILLIS);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 1 << 20);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void close() {
        if (sender.isShutdown()) {
            return;
        }
        sender.execute(() -> {
            if (producer != null) {
                producer.close(Duration.ofMillis(500));
            }
        });
        sender.shutdown();
        try {
            if (!sender.awaitTermination(1, TimeUnit.SECONDS)) {
                sender.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
