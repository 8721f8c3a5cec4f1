package dev.surprisal.quickstart;

import dev.surprisal.quickstart.DemoData.Streamed;
import dev.surprisal.schemas.SurprisalException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends records to the topic, with the truth about them in a header that nobody but the demo reads. */
final class Feeder implements AutoCloseable {

    private static final String TRUTH = "truth";

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final Ledger ledger;
    private volatile Exception failure;

    Feeder(String bootstrapServers, String topic, Ledger ledger) {
        this.topic = topic;
        this.ledger = ledger;
        producer = new KafkaProducer<>(
                // One request at a time: on a topic that was only just created, one that is turned away would be
                // overtaken.
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "linger.ms",
                        "2",
                        "max.in.flight.requests.per.connection",
                        "1"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Sends a record. */
    void send(Streamed record, boolean timed) {
        send(
                record.key(),
                record.json() == null ? null : record.json().getBytes(StandardCharsets.UTF_8),
                record.label(),
                timed);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback hears of failures.
    private void send(String key, byte[] value, String label, boolean timed) {
        if (failure != null) {
            throw new SurprisalException("the demo's records cannot be sent: " + failure.getMessage(), failure);
        }
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, key == null ? null : key.getBytes(StandardCharsets.UTF_8), value);
        record.headers().add(TRUTH, label.getBytes(StandardCharsets.UTF_8));
        Ledger.Entry entry = new Ledger.Entry(label, System.nanoTime(), timed);
        producer.send(record, (metadata, e) -> {
            if (e != null) {
                failure = e;
            } else {
                ledger.put(new TopicPartition(topic, metadata.partition()), metadata.offset(), entry);
            }
        });
    }

    /** Waits until the next record is due. */
    static void pace(long startNanos, long sent, double perSecond) throws InterruptedException {
        long due = startNanos + (long) (sent * (TimeUnit.SECONDS.toNanos(1) / perSecond));
        long wait;
        while ((wait = due - System.nanoTime()) > 0) {
            LockSupport.parkNanos(wait);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
