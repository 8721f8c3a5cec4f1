package dev.surprisal.scorer.kafka;

import dev.surprisal.schemas.SurprisalException;
import java.security.cert.CertificateExpiredException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Kafka's administration, with answers within a bounded time and errors in one sentence. */
public final class KafkaAdmin implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 20;
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** No request can hold more. */
    private static final int LARGEST = Integer.MAX_VALUE / 4;

    private final Admin admin;
    private final String where;

    private KafkaAdmin(Admin admin, String where) {
        this.admin = admin;
        this.where = where;
    }

    /**
     * Connects.
     *
     * @param kafka properties of the connection, {@code bootstrap.servers} among them
     * @throws SurprisalException if they cannot be right
     */
    public static KafkaAdmin connect(Map<String, String> kafka) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.putIfAbsent("default.api.timeout.ms", "10000");
        properties.putIfAbsent("request.timeout.ms", "5000");
        properties.putIfAbsent("reconnect.backoff.ms", "1000");
        properties.putIfAbsent("reconnect.backoff.max.ms", "4000");
        // Of the consumers, and of no use here.
        properties.remove("client.id");
        String where = "Kafka at " + kafka.get("bootstrap.servers");
        try {
            return new KafkaAdmin(Admin.create(properties), where);
        } catch (KafkaException e) {
            throw unusable(where, e);
        }
    }

    /**
     * Checks properties for what will never be right. That a host's name is not known is no such thing: it may be tomorrow.
     *
     * @throws SurprisalException saying what is wrong
     */
    public static void check(Map<String, String> kafka) {
        try {
            connect(kafka).close();
        } catch (SurprisalException e) {
            if (!String.valueOf(e.getMessage()).contains("No resolvable bootstrap")) {
                throw e;
            }
        }
    }

    /** What a client says that cannot even be made. */
    public static SurprisalException unusable(String where, KafkaException e) {
        String message = String.valueOf(root(e).getMessage());
        // What Kafka says of this property, or of the class that it names, repeats pieces of it.
        if (message.contains("JAAS") || message.contains("LoginModule")) {
            return new SurprisalException(
                    where
                            + " cannot be used: sasl.jaas.config cannot be right; it takes the class of a login module, 'required', options such as username=\"NAME\", and a semicolon at the end");
        }
        return new SurprisalException(where + " cannot be used: " + message, e);
    }

    /** Why Kafka refuses, in one sentence, with what to do about it where that is known. */
    public static String reason(Throwable refusal) {
        String message = refusal.getMessage() == null ? refusal.getClass().getSimpleName() : refusal.getMessage();
        String first = message.lines().findFirst().orElse("");
        if (refusal instanceof SslAuthenticationException) {
            Throwable root = root(refusal);
            return "the TLS handshake failed, "
                    + (root instanceof CertificateExpiredException ? "a certificate has expired: " : "")
                    + root.getMessage();
        }
        return refusal instanceof AuthorizationException
                ? first + (first.endsWith(".") ? "" : ".")
                        + " `surprisal topics plan --acls` lists the rights that are needed"
                : first;
    }

    private static Throwable root(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Kafka's own client. */
    public Admin admin() {
        return admin;
    }

    /** The names of all topics that may be seen. */
    public Set<String> topics() {
        return get("list topics", admin.listTopics().names());
    }

    /**
     * What topics are like.
     *
     * @throws SurprisalException if one of them does not exist
     */
    public Map<String, TopicDescription> describe(Collection<String> topics) {
        return get("describe topics " + topics, admin.describeTopics(topics).allTopicNames());
    }

    /** Creates topics; that another was faster is no error. */
    public void create(Collection<NewTopic> topics) {
        admin.createTopics(topics).values().forEach((name, created) -> {
            try {
                get("create topic " + name, created);
            } catch (SurprisalException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        });
    }

    /** Gives a topic more partitions; that another was faster is no error. */
    public void grow(String topic, int partitions) {
        try {
            get(
                    "give topic " + topic + " " + partitions + " partitions",
                    admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                            .all());
        } catch (SurprisalException e) {
            if (!(e.getCause() instanceof InvalidPartitionsException)) {
                throw e;
            }
        }
    }

    /** The largest record that a topic takes, bytes. */
    public int maxMessageBytes(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = await(
                "describe topic " + topic,
                () -> admin.describeConfigs(List.of(resource)).values().get(resource));
        int bytes = Integer.parseInt(
                config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
        return Math.min(LARGEST, bytes);
    }

    /** Asks until the broker knows what its controller has just created. */
    public <T> T await(String deed, Supplier<KafkaFuture<T>> request) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try {
                return get(deed, request.get());
            } catch (SurprisalException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > end) {
                    throw e;
                }
            }
            LockSupport.parkNanos(AGAIN_NANOS);
        }
    }

    /**
     * An answer.
     *
     * @param deed what is asked, as in "Kafka refuses to ..."
     * @throws SurprisalException if Kafka refuses, which is then the cause, or does not answer
     */
    public <T> T get(String deed, KafkaFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
                throw silent(e);
            }
            throw new SurprisalException(where + " refuses to " + deed + ": " + reason(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            throw silent(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SurprisalException("interrupted while waiting for " + where, e);
        }
    }

    private SurprisalException silent(Exception e) {
        return new SurprisalException(where + " does not answer; is it running, and is the address right?", e);
    }

    /** Runs something with a connection of its own. */
    public static <T> T with(Map<String, String> kafka, Function<KafkaAdmin, T> deed) {
        try (KafkaAdmin admin = connect(kafka)) {
            return deed.apply(admin);
        }
    }

    @Override
    public void close() {
        admin.close(java.time.Duration.ofSeconds(1));
    }
}
