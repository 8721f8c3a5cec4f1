package dev.surprisal.scorer.instance;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import dev.surprisal.scorer.kafka.LoneConsumer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows what the instances on a Kafka say of themselves, and writes what those of this process have to say.
 *
 * <p>Scoring never waits for it: a summary that cannot be written at once is not written at all, and the next one says more. While the topic cannot be read, nothing is written
 * to it either, so that nobody creates it by writing.
 */
public final class InstanceLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(InstanceLog.class);
    private static final Duration POLL = Duration.ofMillis(500);
    /** Older ones are of instances that have been silent for long. */
    private static final long BACK_MILLIS = 60_000;

    private static final long NOTHING_MILLIS = 15_000;
    private static final long AGAIN_SECONDS = 3;
    private static final int WRITE_MILLIS = 2_000;
    private static final long STOP_MILLIS = 2_000;

    private final Map<String, String> kafka;
    private final InstanceListener listener;
    private final Clock clock;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread follower = new Thread(this::follow, "follow-instances");
    private final ExecutorService writer =
            new ThreadPoolExecutor(0, 1, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), InstanceLog::thread);
    private final Set<InstanceTopic.Key> written = new HashSet<>();
    private final AtomicBoolean unreadable = new AtomicBoolean();
    private final AtomicBoolean unwritable = new AtomicBoolean();
    private volatile KafkaConsumer<byte[], byte[]> consumer;
    private volatile boolean reading;
    private volatile String failure = "the topic " + InstanceTopic.NAME + " has not been read yet";
    private KafkaProducer<byte[], byte[]> producer;

    /** @param kafka properties of the connection */
    public InstanceLog(Map<String, String> kafka, InstanceListener listener, Clock clock) {
        this.kafka = kafka;
        this.listener = listener;
        this.clock = clock;
        follower.setDaemon(true);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "write-instances");
        thread.setDaemon(true);
        return thread;
    }

    public void start() {
        follower.start();
    }

    /** Why other instances cannot be heard at the moment; null while they can. */
    public String failure() {
        return failure;
    }

    /** Writes what instances of this process say of themselves, if the topic takes it now. */
    public void write(List<InstanceSummary> summaries) {
        if (!reading || closed.getCount() == 0) {
            return;
        }
        try {
            writer.execute(() -> send(summaries));
        } catch (RejectedExecutionException e) {
            LOG.debug("the summaries before are still being written, and these are not");
        }
    }

    private void send(List<InstanceSummary> summaries) {
        try {
            for (InstanceSummary summary : summaries) {
                var key = new InstanceTopic.Key(summary.pipeline(), summary.instance());
                written.add(key);
                send(key, InstanceTopic.write(summary));
            }
        } catch (KafkaException e) {
            warn(e);
        }
    }

    private void send(InstanceTopic.Key key, byte[] value) {
        if (producer == null) {
            producer = producer();
        }
        var record = new ProducerRecord<>(InstanceTopic.NAME, 0, key.bytes(), value);
        var sent = producer.send(record, (metadata, e) -> {
            if (e == null) {
                unwritable.set(false);
            } else {
                warn(e);
            }
        });
        LOG.trace("wrote {}: {}", key, sent);
    }

    private void warn(Exception e) {
        if (unwritable.compareAndSet(false, true)) {
            LOG.warn(
                    "other instances cannot hear of this one, for now: the topic {} does not take what it says: {}",
                    InstanceTopic.NAME,
                    KafkaAdmin.reason(e));
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.remove(ProducerConfig.CLIENT_ID_CONFIG);
        properties.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        // One that is lost is made good by the next one.
        properties.put(ProducerConfig.ACKS_CONFIG, "1");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "false");
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Integer.toString(WRITE_MILLIS));
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Integer.toString(WRITE_MILLIS));
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.toString(WRITE_MILLIS));
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 1 << 20);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void follow() {
        while (closed.getCount() > 0) {
            try (KafkaConsumer<byte[], byte[]> mine = LoneConsumer.open(kafka, Map.of("auto.offset.reset", "latest"))) {
                consumer = mine;
                read(mine);
            } catch (WakeupException e) {
                return;
            } catch (UnknownTopicOrPartitionException e) {
                // Nothing to worry about: a pipeline creates it once it has what it waits for.
                failure = e.getMessage();
            } catch (KafkaException | SurprisalException e) {
                String why = KafkaAdmin.reason(e);
                if (!why.equals(failure)) {
                    LOG.warn("other instances cannot be heard, for now: {}", why);
                }
                failure = why;
            } catch (RuntimeException e) {
                LOG.error("other instances cannot be heard, for now", e);
                failure = String.valueOf(e.getMessage());
            } finally {
                consumer = null;
                reading = false;
            }
            pause();
        }
    }

    private void read(KafkaConsumer<byte[], byte[]> from) {
        if (from.partitionsFor(InstanceTopic.NAME).isEmpty()) {
            throw new UnknownTopicOrPartitionException("the topic '" + InstanceTopic.NAME + "' is not there yet");
        }
        List<TopicPartition> partitions = List.of(InstanceTopic.PARTITION);
        from.assign(partitions);
        long end = from.endOffsets(partitions).get(InstanceTopic.PARTITION);
        OffsetAndTimestamp lately = from.offsetsForTimes(Map.of(InstanceTopic.PARTITION, clock.millis() - BACK_MILLIS))
                .get(InstanceTopic.PARTITION);
        from.seek(InstanceTopic.PARTITION, lately == null ? end : lately.offset());
        long last = clock.millis();
        // Where not even what is written here comes, the topic may be gone: that is looked for then.
        while (closed.getCount() > 0 && clock.millis() - last < NOTHING_MILLIS) {
            for (ConsumerRecord<byte[], byte[]> record : from.poll(POLL)) {
                // What comes now is of now, whatever the other's clock says.
                long now = clock.millis();
                last = now;
                take(record, record.offset() < end ? Math.min(now, record.timestamp()) : now);
            }
            failure = null;
            reading = true;
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, long time) {
        InstanceTopic.Key key = InstanceTopic.Key.of(record.key());
        try {
            if (key == null) {
                throw new IOException("its key is not PIPELINE@INSTANCE");
            }
            if (record.value() == null) {
                listener.left(key);
            } else {
                listener.heard(InstanceTopic.read(key, record.value()), time);
            }
        } catch (IOException e) {
            if (unreadable.compareAndSet(false, true)) {
                LOG.warn(
                        "offset {} of {} is passed over: {}; so it may be with others",
                        record.offset(),
                        InstanceTopic.NAME,
                        e.getMessage());
            }
        }
    }

    private void pause() {
        try {
            if (closed.await(AGAIN_SECONDS, TimeUnit.SECONDS)) {
                LOG.debug("closing");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed.countDown();
        }
    }

    /** Says that the instances of this process have stopped, as far as that can be said in a moment. */
    @Override
    public void close() {
        closed.countDown();
        KafkaConsumer<byte[], byte[]> following = consumer;
        if (following != null) {
            following.wakeup();
        }
        writer.shutdown();
        try {
            if (writer.awaitTermination(STOP_MILLIS, TimeUnit.MILLISECONDS) && producer != null) {
                leave();
            }
            follower.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void leave() {
        try {
            written.forEach(key -> send(key, null));
        } catch (KafkaException e) {
            warn(e);
        } finally {
            producer.close(Duration.ofMillis(STOP_MILLIS));
        }
    }
}
