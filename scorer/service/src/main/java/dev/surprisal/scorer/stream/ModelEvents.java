package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.event.EventJson;
import dev.surprisal.schemas.event.ModelEvent;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.scorer.model.ModelListener;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
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

/** Tells the log and the topic of model events what becomes of a pipeline's models. An event that Kafka does not take is in the log only. */
public final class ModelEvents implements ModelListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ModelEvents.class);
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int MOST_WAITING = 1_000;

    private final Pipeline pipeline;
    private final Clock clock;
    private final EventJson<ModelEvent> json = new EventJson<>(ModelEvent.getClassSchema());
    private final ExecutorService sender = new ThreadPoolExecutor(
            0, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), ModelEvents::thread);
    private KafkaProducer<byte[], byte[]> producer;

    public ModelEvents(Pipeline pipeline, Clock clock) {
        this.pipeline = pipeline;
        this.clock = clock;
    }

    @Override
    public void served(ModelCard card, String source) {
        LOG.info("pipeline '{}' scores with model {} {} of {}", pipeline.name(), card.name(), card.version(), source);
        send("served", card, source, null);
    }

    @Override
    public void shadowed(ModelCard card, String source) {
        LOG.info("pipeline '{}' has the shadow {} {} of {}", pipeline.name(), card.name(), card.version(), source);
        send("shadowed", card, source, null);
    }

    @Override
    public void unshadowed() {
        LOG.info("pipeline '{}' has no shadow any more", pipeline.name());
        send("unshadowed", null, null, null);
    }

    @Override
    public void refused(String source, String reason) {
        LOG.error("pipeline '{}' refuses a model: {}", pipeline.name(), reason);
        send("refused", null, source, reason);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "tell-of-models");
        thread.setDaemon(true);
        return thread;
    }

    private void send(String event, ModelCard card, String source, String reason) {
        byte[] value = json.write(new ModelEvent(
                clock.instant(),
                pipeline.name(),
                pipeline.instance(),
                event,
                card == null ? null : card.name(),
                card == null ? null : card.version(),
                source,
                reason));
        byte[] key = pipeline.name().getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> told =
                new ProducerRecord<>(pipeline.topics().modelEvents(), key, value);
        try {
            // Kafka may be slow, and the model need not wait.
            sender.execute(() -> deliver(told));
        } catch (RejectedExecutionException e) {
            LOG.warn("an event of a model is in the log only, because too many wait before it");
        }
    }

    private void deliver(ProducerRecord<byte[], byte[]> event) {
        try {
            if (producer == null) {
                producer = producer();
            }
            Future<RecordMetadata> told = producer.send(event, (written, e) -> {
                if (e != null) {
                    LOG.warn("an event of a model is in the log only: {}", e.getMessage());
                }
            });
            LOG.debug("told of a model: {}", told);
        } catch (KafkaException e) {
            LOG.warn("an event of a model is in the log only: {}", e.getMessage());
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
