package dev.surprisal.bench.kill;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends numbered records, each once, at an even pace, until it is closed. */
final class Load implements AutoCloseable {

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final double perSecond;
    private final Thread sender = new Thread(this::send, "load");
    private volatile boolean closing;
    private int sent;
    private volatile Exception failure;

    Load(String bootstrapServers, String topic, double perSecond) {
        this.topic = topic;
        this.perSecond = perSecond;
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "acks",
                        "all",
                        "enable.idempotence",
                        "true",
                        "max.in.flight.requests.per.connection",
                        "1",
                        "delivery.timeout.ms",
                        "600000"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        sender.setDaemon(true);
        sender.start();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback hears of failures.
    private void send() {
        long start = System.nanoTime();
        while (!closing) {
            long due = start + (long) (sent * 1e9 / perSecond);
            LockSupport.parkNanos(due - System.nanoTime());
            byte[] key = Integer.toString(sent).getBytes(StandardCharsets.UTF_8);
            byte[] value = NumberedRecords.record(sent).getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(topic, key, value), (metadata, e) -> {
                if (e != null) {
                    failure = e;
                }
            });
            sent++;
        }
        producer.flush();
    }

    /** Ends, once the brokers have all, and tells how many there are. */
    int finish() throws InterruptedException {
        closing = true;
        sender.join();
        if (failure != null) {
            throw new IllegalStateException("a record was not sent, so that nothing can be counted", failure);
        }
        return sent;
    }

    @Override
    public void close() {
        closing = true;
        producer.close(java.time.Duration.ofSeconds(1));
    }
}
