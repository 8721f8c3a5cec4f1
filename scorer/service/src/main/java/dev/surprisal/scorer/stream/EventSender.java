package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.event.EventEncoder;
import dev.surprisal.scorer.format.RegistryException;
import dev.surprisal.scorer.format.TopicFormats;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the occasional event of a pipeline to a topic, beside the stream, which does not wait for it. An event that Kafka does not take is lost, with a warning in the log.
 *
 * @param <E> the event
 */
public final class EventSender<E extends SpecificRecord> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventSender.class);
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int MOST_WAITING = 1_000;

    private final Pipeline pipeline;
    private final String topic;
    private final Schema schema;
    private final TopicFormats formats;
    private final CloudEventHeaders headers;
    private final ExecutorService sender;
    private EventEncoder<E> encoder;
    private KafkaProducer<byte[], byte[]> producer;

    /**
     * @param schema of the events
     * @param kind of them, as the type in their headers ends with it
     */
    public EventSender(Pipeline pipeline, String topic, Schema schema, String kind) {
        this.pipeline = pipeline;
        this.schema = schema;
        this.topic = topic;
        formats = pipeline.newFormats();
        headers = new CloudEventHeaders(kind, topic, pipeline.events());
        sender = new ThreadPoolExecutor(
                0, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), this::thread);
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "tell-" + topic);
        thread.setDaemon(true);
        return thread;
    }

    /** Sends an event of some time under the pipeline's name. */
    public void send(E event, Instant time) {
        try {
            sender.execute(() -> deliver(event, time.toEpochMilli()));
        } catch (RejectedExecutionException e) {
            LOG.warn("an event for {} is in the log only, because too many wait before it", topic);
        }
    }

    private void deliver(E event, long millis) {
        try {
            if (producer == null) {
                producer = producer();
            }
            if (encoder == null) {
                encoder = formats.encoder(schema, topic);
            }
            byte[] key = pipeline.name().getBytes(StandardCharsets.UTF_8);
            byte[] value = encoder.write(event);
            // The same event has the same content.
            String id = UUID.nameUUIDFromBytes(value).toString();
            var record = new ProducerRecord<>(topic, null, key, value, headers.of(id, millis));
            Future<RecordMetadata> told = producer.send(record, (written, e) -> {
                if (e != null) {
                    LOG.warn("an event for {} is in the log only: {}", topic, e.getMessage());
                }
            });
            LOG.debug("told {}: {}", topic, told);
        } catch (KafkaException | RegistryException e) {
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
