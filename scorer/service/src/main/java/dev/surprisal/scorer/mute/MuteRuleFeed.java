package dev.surprisal.scorer.mute;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import dev.surprisal.scorer.kafka.LoneConsumer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the topic of mute rules for one pipeline. While Kafka is away, the rules that are known hold on. */
public final class MuteRuleFeed implements AutoCloseable {

    /** So many rules a pipeline can have; what comes beyond is not taken. */
    static final int MOST_RULES = 500;

    private static final Logger LOG = LoggerFactory.getLogger(MuteRuleFeed.class);
    private static final Duration WAIT = Duration.ofMillis(500);
    private static final long PAUSE_MILLIS = 2_000;

    private final String pipeline;
    private final Map<String, String> kafka;
    private final MuteRules rules;
    private final Thread follower;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean caughtUp;
    private volatile KafkaConsumer<byte[], byte[]> consumer;
    private long position;
    private String trouble;

    /**
     * Prepares nothing yet.
     *
     * @param kafka properties of the connection
     * @param rules to be kept as the topic has them
     */
    public MuteRuleFeed(String pipeline, Map<String, String> kafka, MuteRules rules) {
        this.pipeline = pipeline;
        this.kafka = kafka;
        this.rules = rules;
        follower = new Thread(this::follow, "follow-rules-" + pipeline);
        follower.setDaemon(true);
    }

    public void start() {
        follower.start();
    }

    /** Whether the rules that were there before are known. */
    public boolean hasCaughtUp() {
        return caughtUp;
    }

    /** Waits until all before an offset is taken in. */
    synchronized boolean awaitPosition(long offset, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (position < offset) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    private void follow() {
        while (closed.getCount() > 0) {
            try {
                create();
                try (KafkaConsumer<byte[], byte[]> mine = LoneConsumer.open(kafka)) {
                    consumer = mine;
                    read(mine);
                } finally {
                    consumer = null;
                }
            } catch (WakeupException e) {
                LOG.debug("closing");
            } catch (KafkaException | SurprisalException e) {
                warn(e.getMessage());
                pause();
            } catch (RuntimeException e) {
                LOG.error("the topic {} cannot be followed, for now", MuteRuleTopic.NAME, e);
                pause();
            }
        }
    }

    private void create() {
        KafkaAdmin.with(kafka, admin -> {
            if (!admin.topics().contains(MuteRuleTopic.NAME)) {
                admin.create(List.of(new NewTopic(MuteRuleTopic.NAME, Optional.of(1), Optional.empty())
                        .configs(MuteRuleTopic.CONFIGS)));
            }
            return null;
        });
    }

    private void read(KafkaConsumer<byte[], byte[]> from) {
        from.assign(List.of(MuteRuleTopic.PARTITION));
        from.seekToBeginning(List.of(MuteRuleTopic.PARTITION));
        long end = from.endOffsets(List.of(MuteRuleTopic.PARTITION)).get(MuteRuleTopic.PARTITION);
        while (closed.getCount() > 0) {
            if (from.position(MuteRuleTopic.PARTITION) >= end) {
                caughtUp = true;
            }
            for (ConsumerRecord<byte[], byte[]> record : from.poll(WAIT)) {
                take(record);
            }
            reached(from.position(MuteRuleTopic.PARTITION));
            trouble = null;
        }
    }

    private synchronized void reached(long offset) {
        position = offset;
        notifyAll();
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        String id = MuteRuleTopic.id(pipeline, record.key());
        if (id == null) {
            return;
        }
        if (record.value() == null) {
            rules.remove(id);
            return;
        }
        try {
            MuteRule rule = MuteRuleTopic.read(record.value());
            if (!rule.id().equals(id) || rules.size() >= MOST_RULES) {
                throw new IOException(
                        rules.size() >= MOST_RULES ? "there are " + MOST_RULES + " already" : "it is called otherwise");
            }
            rules.put(rule);
        } catch (IOException | SurprisalException e) {
            LOG.warn(
                    "the mute rule '{}' at offset {} of {} is passed over: {}",
                    id,
                    record.offset(),
                    MuteRuleTopic.NAME,
                    e.getMessage());
        }
    }

    private void warn(String message) {
        if (!String.valueOf(message).equals(trouble)) {
            LOG.warn("the topic {} cannot be followed, for now: {}", MuteRuleTopic.NAME, message);
        }
        trouble = String.valueOf(message);
    }

    private void pause() {
        try {
            if (closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.debug("closing");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed.countDown();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        KafkaConsumer<byte[], byte[]> reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
        try {
            follower.join(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
