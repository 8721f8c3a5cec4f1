package dev.surprisal.scorer.mute;

import dev.surprisal.schemas.SurprisalException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes one pipeline's mute rules. A change is on the topic, and holds in this instance, when a method returns; in the others a moment later. */
public final class MuteRuleBook {

    /** So many rules of a pipeline hold at once. */
    public static final int MOST_ACTIVE = 200;

    private static final int PATIENCE_SECONDS = 10;
    private static final Duration OWN_PATIENCE = Duration.ofSeconds(5);

    private final String pipeline;
    private final Map<String, String> kafka;
    private final MuteRules rules;
    private final MuteRuleFeed feed;
    private final Clock clock;

    public MuteRuleBook(String pipeline, Map<String, String> kafka, MuteRules rules, MuteRuleFeed feed, Clock clock) {
        this.pipeline = pipeline;
        this.kafka = kafka;
        this.rules = rules;
        this.feed = feed;
        this.clock = clock;
    }

    /** The rules as they are known here, expired ones too. */
    public List<MuteRule> all() {
        return rules.all();
    }

    /** How many hold now. */
    public long active() {
        return rules.active(clock.millis());
    }

    /**
     * Adds a rule, and clears away expired ones.
     *
     * @throws SurprisalException if there are too many already, or Kafka does not take it
     */
    public synchronized void add(MuteRule rule) {
        long now = clock.millis();
        if (rules.active(now) >= MOST_ACTIVE) {
            throw new SurprisalException("there are " + MOST_ACTIVE + " mute rules already; remove one first");
        }
        List<ProducerRecord<byte[], byte[]>> changes = new ArrayList<>();
        for (MuteRule old : rules.all()) {
            if (old.expires() <= now) {
                changes.add(record(old.id(), null));
            }
        }
        changes.add(record(rule.id(), MuteRuleTopic.write(rule)));
        send(changes);
    }

    /**
     * Removes a rule.
     *
     * @return whether there was one
     * @throws SurprisalException if Kafka does not take it
     */
    public synchronized boolean remove(String id) {
        if (rules.all().stream().noneMatch(rule -> rule.id().equals(id))) {
            return false;
        }
        send(List.of(record(id, null)));
        return true;
    }

    private ProducerRecord<byte[], byte[]> record(String id, byte[] value) {
        return new ProducerRecord<>(MuteRuleTopic.NAME, 0, MuteRuleTopic.key(pipeline, id), value);
    }

    private void send(List<ProducerRecord<byte[], byte[]>> changes) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        long last = -1;
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (ProducerRecord<byte[], byte[]> change : changes) {
                RecordMetadata written = producer.send(change).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                last = written.offset();
            }
            if (!feed.awaitPosition(last + 1, OWN_PATIENCE)) {
                throw new SurprisalException("the change is on " + MuteRuleTopic.NAME
                        + ", but cannot be read back now; it holds as soon as it can");
            }
        } catch (ExecutionException e) {
            throw refused(e.getCause());
        } catch (KafkaException | TimeoutException e) {
            throw refused(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refused(e);
        }
    }

    private SurprisalException refused(Throwable e) {
        return new SurprisalException(
                "the topic " + MuteRuleTopic.NAME + " on " + kafka.get("bootstrap.servers")
                        + " does not take the rule: " + e.getMessage(),
                e);
    }
}
