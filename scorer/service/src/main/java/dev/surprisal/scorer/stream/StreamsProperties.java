package dev.surprisal.scorer.stream;

import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The properties of a pipeline's Kafka Streams application: what delivery needs, then the user's own. */
final class StreamsProperties {

    /** Between the names of application and instance; in neither of them. */
    static final String BEFORE_INSTANCE = "@";

    private static final int USUAL_BUFFER_BYTES = 32 << 20;
    private static final String CONSUMER = StreamsConfig.CONSUMER_PREFIX;
    private static final String PRODUCER = StreamsConfig.PRODUCER_PREFIX;

    private final Map<String, String> users;
    private final Properties all = new Properties();

    private StreamsProperties(Map<String, String> users) {
        this.users = users;
    }

    /** With records scored at poll. */
    static Properties of(
            Pipeline pipeline, OutputLimits limits, Supplier<CurrentScorer> scorers, StreamListener listener) {
        Properties all = of(pipeline, limits);
        all.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG),
                ScoreAtPoll.class.getName());
        all.put(StreamsConfig.mainConsumerPrefix(ScoreAtPoll.SCORER), scorers);
        all.put(StreamsConfig.mainConsumerPrefix(ScoreAtPoll.LISTENER), listener);
        return all;
    }

    /** Without anything that scores. */
    static Properties of(Pipeline pipeline, OutputLimits limits) {
        StreamsProperties properties = new StreamsProperties(pipeline.kafka());
        properties.fill(pipeline, limits);
        return properties.all;
    }

    private void fill(Pipeline pipeline, OutputLimits limits) {
        boolean exactlyOnce = pipeline.delivery() == Delivery.EXACTLY_ONCE;
        all.put(StreamsConfig.APPLICATION_ID_CONFIG, pipeline.applicationId());
        all.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, pipeline.delivery().guarantee());
        all.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, pipeline.threads());
        String instance = pipeline.instance() == null ? UUID.randomUUID().toString() : pipeline.instance();
        all.put(StreamsConfig.CLIENT_ID_CONFIG, pipeline.applicationId() + BEFORE_INSTANCE + instance);
        if (pipeline.instance() != null) {
            // Back within the session's time, it finds its partitions as it left them.
            all.put(CONSUMER + CommonClientConfigs.GROUP_INSTANCE_ID_CONFIG, instance);
        }
        // A commit ends a transaction, and only then do consumers see its scores.
        usual("", StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, exactlyOnce ? 50 : 1_000);
        // What Kafka cannot do for so long ends the application, which is then started again.
        usual("", StreamsConfig.TASK_TIMEOUT_MS_CONFIG, 60_000);
        // State is small and soon read: a new instance takes partitions over at once, not after a warm-up of ten
        // minutes.
        usual("", StreamsConfig.ACCEPTABLE_RECOVERY_LAG_CONFIG, Long.MAX_VALUE);
        usual(CONSUMER, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        // A killed instance's partitions are scored again within ten seconds; brokers allow no shorter session. By its
        // heartbeat an instance hears of the others' deaths.
        usual(CONSUMER, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
        usual(CONSUMER, ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 500);
        if (pipeline.pattern() != null) {
            // A new topic is found within half a minute.
            usual(CONSUMER, ConsumerConfig.METADATA_MAX_AGE_CONFIG, 30_000);
        }
        usual(PRODUCER, ProducerConfig.LINGER_MS_CONFIG, 5);
        // Scores are many and small; at full speed the usual 16 KiB would be a request for every fifty.
        usual(PRODUCER, ProducerConfig.BATCH_SIZE_CONFIG, 128 << 10);
        // A batch that is turned away, because its topic is young or the transaction before still ends, must not be
        // overtaken: brokers take whatever number comes first from a producer, and then refuse the lower one for ever.
        usual(PRODUCER, ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        usual(PRODUCER, ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 5);
        usual(PRODUCER, ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 100);
        if (exactlyOnce) {
            usual(PRODUCER, ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 8_000);
        }
        int largest = limits.largest() + (1 << 20);
        all.put(PRODUCER + ProducerConfig.MAX_REQUEST_SIZE_CONFIG, largest);
        usual(PRODUCER, ProducerConfig.BUFFER_MEMORY_CONFIG, Math.max(USUAL_BUFFER_BYTES, 2L * largest));
        all.putAll(users);
    }

    /** Sets a property of one client that the user set neither for it nor for all; the prefixed one would win. */
    private void usual(String prefix, String key, Object value) {
        if (!users.containsKey(key)) {
            all.put(prefix + key, value);
        }
    }
}
