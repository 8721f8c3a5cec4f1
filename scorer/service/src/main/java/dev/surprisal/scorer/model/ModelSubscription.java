package dev.surprisal.scorer.model;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.ModelException;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the topic of models: whatever its deployment says of one name is served, from the next poll on. While Kafka is away, what is served goes on. */
final class ModelSubscription implements ModelFeed {

    private static final Logger LOG = LoggerFactory.getLogger(ModelSubscription.class);
    private static final Duration WAIT = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final int PATIENCE_SECONDS = 3;

    private final String name;
    private final ModelSwitch models;
    private final ModelAdmission admission;
    private final Map<String, String> kafka;
    private final Thread follower = new Thread(this::follow, "follow-models");
    private final CountDownLatch toClose = new CountDownLatch(1);
    private final Queue<CountDownLatch> waiting = new ConcurrentLinkedQueue<>();
    private volatile ModelTopicReader reader;
    private String offered;
    private String offeredAsShadow;

    ModelSubscription(String name, ModelSwitch models, ModelAdmission admission, Map<String, String> kafka) {
        this.name = name;
        this.models = models;
        this.admission = admission;
        this.kafka = kafka;
        follower.setDaemon(true);
        models.refreshBy(this::refresh);
    }

    @Override
    public void start() {
        follower.start();
    }

    private void follow() {
        boolean quiet = false;
        while (toClose.getCount() > 0) {
            try {
                KafkaAdmin.with(kafka, admin -> {
                    ModelTopic.create(admin);
                    return null;
                });
                try (ModelTopicReader current = new ModelTopicReader(kafka)) {
                    reader = current;
                    current.catchUp();
                    quiet = false;
                    while (toClose.getCount() > 0) {
                        follow(current);
                    }
                } finally {
                    reader = null;
                }
            } catch (InterruptException e) {
                return;
            } catch (KafkaException | SurprisalException e) {
                models.tellTrouble("models cannot be followed: " + e.getMessage());
                if (!quiet) {
                    LOG.warn("the topic {} cannot be followed, for now: {}", ModelTopic.NAME, e.getMessage());
                    quiet = true;
                }
                pause();
            } catch (RuntimeException e) {
                LOG.error("the topic {} cannot be followed, for now", ModelTopic.NAME, e);
                pause();
            }
        }
    }

    /** Takes in what has come, and serves it, until there is nothing left to wait for. */
    private void follow(ModelTopicReader current) {
        apply(current);
        models.tellTrouble(
                models.current().isPresent()
                        ? null
                        : "there is no model '" + name + "' on " + ModelTopic.NAME
                                + " yet that can be used; surprisal publish sends one");
        try {
            CountDownLatch asked = waiting.peek();
            if (asked == null) {
                current.poll(WAIT);
            } else {
                current.catchUp();
                apply(current);
                waiting.remove(asked);
                asked.countDown();
            }
        } catch (WakeupException e) {
            LOG.debug("somebody asks for the newest model");
        }
    }

    private void apply(ModelTopicReader current) {
        Deployment deployment = current.deployment(name);
        PublishedModel serving = deployment.serving();
        if (serving != null && !serving.sha256().equals(offered)) {
            offer(current, serving, false);
            offered = serving.sha256();
            // Those that were there when it was refused go on with the one before; so does who comes later.
            for (PublishedModel earlier : deployment.previous()) {
                if (models.current().isEmpty()) {
                    offer(current, earlier, false);
                }
            }
        }
        PublishedModel shadow = deployment.shadow();
        String wanted = shadow == null ? null : shadow.sha256();
        if (wanted == null && models.shadow().isPresent()) {
            admission.unshadow();
        } else if (wanted != null && !wanted.equals(offeredAsShadow)) {
            offer(current, shadow, true);
        }
        offeredAsShadow = wanted;
    }

    private void offer(ModelTopicReader current, PublishedModel model, boolean asShadow) {
        String source = ModelTopicReader.describe(name, model);
        try {
            ModelTopicReader.File file = current.fetch(name, model);
            if (asShadow) {
                admission.shadow(file.bytes(), file.signature(), source);
            } else {
                admission.serve(file.bytes(), file.signature(), source);
            }
        } catch (ModelException e) {
            admission.refuse(source, e);
        }
    }

    /** Waits, a few seconds at most, until what the topic holds now is served. */
    private void refresh() {
        CountDownLatch done = new CountDownLatch(1);
        waiting.add(done);
        ModelTopicReader current = reader;
        if (current != null) {
            current.wakeUp();
        }
        try {
            if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                waiting.remove(done);
                LOG.warn("the topic {} does not tell in time whether there is a newer model", ModelTopic.NAME);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pause() {
        try {
            if (toClose.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("closing");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            toClose.countDown();
        }
    }

    @Override
    public void close() {
        toClose.countDown();
        ModelTopicReader current = reader;
        if (current != null) {
            current.wakeUp();
        }
        try {
            follower.join(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
