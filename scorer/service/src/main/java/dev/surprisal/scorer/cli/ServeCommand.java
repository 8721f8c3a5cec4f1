package dev.surprisal.scorer.cli;

import dev.surprisal.launcher.Verbosity;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.PipelineStreams;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Scores topics until it is told to stop. */
@Command(
        name = "serve",
        sortOptions = false,
        description = {
            "Scores every record of a Kafka topic. Records are JSON objects; <topic>.scores gets one score a record, <topic>.anomalies the improbable ones with reasons, <topic>.dead-letters what cannot be scored. These topics are created where they are missing.",
            "",
            "Settings come from the command line, the environment (SURPRISAL_TOPIC, SURPRISAL_KAFKA_BOOTSTRAP_SERVERS, ...) and a file (--config), in this order. HTTP: a dashboard at /, an API below /api/v1 with its description at /api/index.html, metrics at /prometheus, health at /health/liveness and /health/readiness.",
            "",
            "Example:",
            "  surprisal serve --bootstrap-servers localhost:9092 --topic payments --model payments.onnx",
            "",
            "A file with two pipelines:",
            "  surprisal:",
            "    kafka: {bootstrap.servers: 'localhost:9092'}",
            "    pipelines:",
            "      payments: {topic: payments, model: payments.onnx, alarm-rate: 1/10000}",
            "      logins: {topic: logins, model: logins.onnx}",
            ""
        })
final class ServeCommand implements Callable<Integer> {

    @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT", description = "Where Kafka is.")
    private String bootstrapServers;

    @Option(names = "--topic", paramLabel = "TOPIC", description = "The topic of records.")
    private String topic;

    @Option(names = "--model", paramLabel = "MODEL", description = "A model file, as `train` writes it.")
    private String model;

    @Option(
            names = "--alarm-rate",
            paramLabel = "RATE",
            description = "The share of normal records that may be flagged, such as 1/1000. Default: the model's.")
    private String alarmRate;

    @Option(names = "--delivery", paramLabel = "HOW", description = "exactly-once (default) or at-least-once.")
    private String delivery;

    @Option(names = "--threads", paramLabel = "N", description = "How many stream threads. Default: 1.")
    private String threads;

    @Option(
            names = "--max-record-bytes",
            paramLabel = "N",
            description = "Larger records become dead letters unread. Default: 1048576.")
    private String maxRecordBytes;

    @Option(names = "--host", paramLabel = "HOST", description = "Where the HTTP server listens. Default: 127.0.0.1.")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "The HTTP server's port; 0 = any that is free. Default: 8080.")
    private String port;

    @Option(
            names = "--kafka-property",
            paramLabel = "KEY=VALUE",
            description =
                    "Any property of Kafka's clients, such as security.protocol=SSL, auto.offset.reset=latest to leave out what is in the topic before the first start, or group.instance.id=NAME for a member of the group that is back at once after a restart. Secrets are safer in the environment or a file. Repeatable.")
    private Map<String, String> kafkaProperties = Map.of();

    @Option(names = "--config", paramLabel = "FILE", description = "A YAML file of settings.")
    private Path config;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = new Settings(commandLine(), System.getenv(), config);
        List<Pipeline> pipelines = settings.pipelines();
        CountDownLatch stopped = new CountDownLatch(1);
        Scorer scorer = Scorer.start(settings.host(), settings.port(), pipelines);
        Thread hook = new Thread(
                () -> {
                    scorer.close();
                    stopped.countDown();
                },
                "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        announce(scorer);
        stopped.await();
        return 0;
    }

    private Map<String, String> commandLine() {
        Map<String, String> values = new TreeMap<>();
        values.put(Settings.KAFKA + "bootstrap.servers", bootstrapServers);
        values.put("topic", topic);
        values.put("model", model);
        values.put("alarm-rate", alarmRate);
        values.put("delivery", delivery);
        values.put("threads", threads);
        values.put("max-record-bytes", maxRecordBytes);
        values.put(Settings.HOST, host);
        values.put(Settings.PORT, port);
        kafkaProperties.forEach((key, value) -> values.put(Settings.KAFKA + key, value));
        return values;
    }

    private void announce(Scorer scorer) {
        PrintWriter screen = command.commandLine().getOut();
        for (PipelineStreams pipeline : scorer.pipelines().all()) {
            screen.printf(
                    "Scoring topic %s with model %s %s at an alarm rate of %s: scores to %s, flags to %s, dead letters to %s%n",
                    pipeline.pipeline().topic(),
                    pipeline.card().name(),
                    pipeline.card().version(),
                    pipeline.judge().alarmRate(),
                    pipeline.pipeline().topics().scores(),
                    pipeline.pipeline().topics().anomalies(),
                    pipeline.pipeline().topics().deadLetters());
            if (!pipeline.judge().canFlag()) {
                screen.printf(
                        "Warning: the model was calibrated on %d records and cannot tell false-alarm rates below 1/%d; nothing will be flagged. Set a higher --alarm-rate.%n",
                        pipeline.card().calibration().records(),
                        pipeline.card().calibration().records() + 1);
            }
        }
        screen.printf(
                "Dashboard at %s; health at %s/health, metrics at %s/prometheus. Stop with Ctrl-C.%n",
                scorer.uri(), scorer.uri(), scorer.uri());
        screen.flush();
    }
}
