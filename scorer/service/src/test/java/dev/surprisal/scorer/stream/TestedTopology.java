package dev.surprisal.scorer.stream;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.scorer.model.ModelSource;
import dev.surprisal.scorer.model.ModelSwitch;
import dev.surprisal.scorer.mute.MuteRules;
import dev.surprisal.scorer.stream.PipelineTopics.Prepared;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;

/** The topology of a pipeline named payments, run in memory without a broker. */
final class TestedTopology implements AutoCloseable {

    static final int MEBIBYTE = 1 << 20;
    static final OutputLimits LIMITS = new OutputLimits(MEBIBYTE, MEBIBYTE, MEBIBYTE);

    private final ModelSwitch models;
    private final Topology topology;
    private TopologyTestDriver driver;

    TestedTopology(Pipeline pipeline, OutputLimits limits, MuteRules rules, StreamListener listener) {
        models = new ModelSwitch(pipeline.alarmRate());
        models.serve(ScoringModel.open(pipeline.model().file()));
        topology = PipelineStreams.topology(
                pipeline, models, new Prepared(1, limits), listener, rules, RecordTracing.OFF, pipeline.newFormats());
    }

    /** @param alarmRate null = the model's */
    static Pipeline payments(Path model, AlarmRule alarmRate, Emission emission, Watches watches) {
        return new Pipeline(
                "payments",
                "payments",
                null,
                ModelSource.file(model),
                alarmRate,
                Delivery.EXACTLY_ONCE,
                1,
                MEBIBYTE,
                null,
                Map.of("bootstrap.servers", "nowhere:1"),
                emission,
                watches);
    }

    ModelSwitch models() {
        return models;
    }

    String description() {
        return topology.describe().toString();
    }

    /** Runs it; the clock stands at a time until it is advanced. */
    TopologyTestDriver start(Instant now) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        driver = new TopologyTestDriver(topology, properties, now);
        return driver;
    }

    TestInputTopic<byte[], byte[]> records() {
        return driver.createInputTopic("payments", new ByteArraySerializer(), new ByteArraySerializer());
    }

    TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public void close() {
        if (driver != null) {
            driver.close();
        }
        models.close();
    }
}
