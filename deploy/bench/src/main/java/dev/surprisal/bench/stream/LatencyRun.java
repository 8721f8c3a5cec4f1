package dev.surprisal.bench.stream;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.scorer.stream.Pipeline;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends records at a steady rate and measures the time from the producer's send to the consumer of flags; a record's key is the time at which it was sent. */
final class LatencyRun {

    /** So many that there is a thousandth of the flags to speak of. */
    private static final int EVERY_SO_MANIETH_AN_ANOMALY = 10;

    private static final Duration POLL = Duration.ofMillis(20);
    private static final long READY_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Site site;
    private final StreamedRecords records;
    private final Path model;
    private int runs;

    LatencyRun(Site site, StreamedRecords records, Path model) {
        this.site = site;
        this.records = records;
        this.model = model;
    }

    /**
     * What a run came to.
     *
     * @param nanos of the flags that were timed, ascending
     */
    record Result(long[] nanos) {
        double millis(double quantile) {
            return nanos[(int) Math.min(nanos.length - 1L, (long) (quantile * nanos.length))] / 1e6;
        }
    }

    /**
     * Runs.
     *
     * @param perSecond the rate
     * @param warmUpSeconds are not timed
     * @param seconds are
     */
    Result run(Contender contender, int perSecond, int warmUpSeconds, int seconds) {
        String topic = "latency-" + runs++;
        site.create(topic);
        Pipeline pipeline = new Pipeline(
                topic, topic, model, null, contender.delivery(), 1, Pipeline.USUAL_MAX_RECORD_BYTES, site.measured());
        try (AutoCloseable instance = contender.start().apply(pipeline);
                Flags flags = new Flags(site.consumer(), new Topics(topic).anomalies());
                KafkaProducer<byte[], byte[]> producer = site.producer(true)) {
            flags.start();
            awaitFirst(producer, topic, flags);
            send(producer, topic, perSecond, 0, (long) warmUpSeconds * perSecond);
            flags.time();
            send(producer, topic, perSecond, (long) warmUpSeconds * perSecond, (long) seconds * perSecond);
            producer.flush();
            Thread.sleep(1_000);
            return flags.result();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SurprisalException("interrupted", e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new SurprisalException("the scorer does not stop: " + e.getMessage(), e);
        }
    }

    private void awaitFirst(KafkaProducer<byte[], byte[]> producer, String topic, Flags flags)
            throws InterruptedException {
        long giveUp = System.nanoTime() + READY_NANOS;
        for (long place = 0; flags.seen() == 0; place++) {
            if (System.nanoTime() > giveUp) {
                throw new SurprisalException("no flag came within a minute");
            }
            send(producer, topic, place);
            Thread.sleep(10);
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, String topic, int perSecond, long from, long count) {
        long start = System.nanoTime();
        for (long i = 0; i < count; i++) {
            long due = start + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
            long wait;
            while ((wait = due - System.nanoTime()) > 0) {
                LockSupport.parkNanos(wait);
            }
            send(producer, topic, from + i);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // A record that is lost has no latency, and its flag is missed.
    private void send(KafkaProducer<byte[], byte[]> producer, String topic, long place) {
        byte[] sent = ByteBuffer.allocate(Long.BYTES).putLong(System.nanoTime()).array();
        int partition = (int) (place % Site.PARTITIONS);
        producer.send(new ProducerRecord<>(topic, partition, sent, records.at(place, EVERY_SO_MANIETH_AN_ANOMALY)));
    }

    /** Reads flags as any consumer would. */
    private static final class Flags implements AutoCloseable {

        private final KafkaConsumer<byte[], byte[]> consumer;
        private final Thread thread = new Thread(this::read, "flags");
        private volatile boolean closed;
        private volatile long seen;
        private volatile long timedFrom = Long.MAX_VALUE;
        private long[] nanos = new long[1 << 16];
        private int timed;

        Flags(KafkaConsumer<byte[], byte[]> consumer, String topic) {
            this.consumer = consumer;
            consumer.assign(Site.partitions(topic));
        }

        void start() {
            thread.start();
        }

        private void read() {
            while (!closed) {
                for (ConsumerRecord<byte[], byte[]> flag : consumer.poll(POLL)) {
                    take(ByteBuffer.wrap(flag.key()).getLong(), System.nanoTime());
                }
            }
            consumer.close();
        }

        private synchronized void take(long sent, long now) {
            seen++;
            if (sent >= timedFrom) {
                if (timed == nanos.length) {
                    nanos = Arrays.copyOf(nanos, 2 * timed);
                }
                nanos[timed++] = now - sent;
            }
        }

        long seen() {
            return seen;
        }

        /** Times what is sent from now on. */
        void time() {
            timedFrom = System.nanoTime();
        }

        synchronized Result result() {
            if (timed == 0) {
                throw new SurprisalException("no flag came while they were timed");
            }
            long[] sorted = Arrays.copyOf(nanos, timed);
            Arrays.sort(sorted);
            return new Result(sorted);
        }

        @Override
        public void close() throws InterruptedException {
            closed = true;
            thread.join();
        }
    }
}
