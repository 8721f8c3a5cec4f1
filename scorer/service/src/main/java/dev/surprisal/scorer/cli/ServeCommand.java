package dev.surprisal.scorer.cli;

import dev.surprisal.launcher.Verbosity;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.scorer.model.ServedModel;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.PipelineStreams;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
            "Scores every record of a Kafka topic. Records are JSON objects; <topic>.scores gets one score a record, <topic>.anomalies the improbable ones with reasons, <topic>.incidents those of one key and cause as one, <topic>.silences the keys that fall silent, <topic>.dead-letters what cannot be scored. These topics are created where they are missing.",
            "",
            "What is not there, it waits for: Kafka, a topic, a right, a model on its topic. A pipeline that fails is started again, and leaves the others alone. A model file that cannot be used ends the command, unless another pipeline has a good one.",
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

    @Mixin
    private PipelineOptions pipeline;

    @Option(
            names = "--instance",
            paramLabel = "NAME",
            description =
                    "What this process is called among those that share the work: no other's, and the same after a restart, which then finds its partitions as it left them.")
    private String instance;

    @Mixin
    private AccessOptions access;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> own = new HashMap<>(access.values());
        own.put(Settings.INSTANCE, instance);
        Settings settings = pipeline.settings(own);
        List<Pipeline> pipelines = settings.pipelines();
        CountDownLatch stopped = new CountDownLatch(1);
        Scorer scorer = Scorer.start(settings.access(), pipelines);
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

    private void announce(Scorer scorer) {
        PrintWriter screen = command.commandLine().getOut();
        for (PipelineStreams streams : scorer.pipelines().all()) {
            Topics topics = streams.pipeline().topics();
            ServedModel model = streams.models().serving().model();
            screen.printf(
                    "Scoring %s with model %s: scores to %s, flags to %s, dead letters to %s%n",
                    streams.pipeline().input(),
                    model == null
                            ? streams.pipeline().model() + ", once it is there"
                            : model.card().name() + " " + model.card().version() + " at an alarm rate of "
                                    + model.judge().rule(),
                    topics.scores(),
                    topics.anomalies(),
                    topics.deadLetters());
            if (model != null && !model.judge().canFlag()) {
                screen.printf(
                        "Warning: the model was calibrated on %d records and cannot tell false-alarm rates below 1/%d; nothing will be flagged. Set a higher --alarm-rate.%n",
                        model.card().calibration().records(),
                        Math.round(1 / model.card().calibration().finest()));
            }
        }
        screen.printf(
                "Dashboard at %s; health at %s/health, metrics at %s/prometheus. Stop with Ctrl-C.%n",
                scorer.uri(), scorer.uri(), scorer.uri());
        screen.flush();
    }
}
