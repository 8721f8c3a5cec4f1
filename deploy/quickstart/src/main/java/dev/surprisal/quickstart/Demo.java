package dev.surprisal.quickstart;

import dev.surprisal.engine.Judge;
import dev.surprisal.quickstart.DemoData.Streamed;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.scorer.cli.Scorer;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.trainer.Training;
import dev.surprisal.trainer.cli.ProgressListener;
import dev.surprisal.trainer.data.TrainingData.Selection;
import dev.surprisal.trainer.evaluation.Evaluation;
import dev.surprisal.trainer.evaluation.EvaluationTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** The main job from end to end, in one process: broker, training, scorer, stream, flags, table. */
final class Demo {

    private static final int PARTITIONS = 2;
    private static final Duration READY = Duration.ofSeconds(60);
    private static final long STANDSTILL_NANOS = Duration.ofSeconds(60).toNanos();
    /** The last records of the stream are sent at a pace at which nothing queues, to time them. */
    private static final long TIMED = 3_000;

    private static final double TIMED_PER_SECOND = 1_000;
    private static final double CALM_PER_SECOND = 20;

    /** Records that no producer should send, and some do. */
    private static final List<String> MALFORMED =
            List.of("this is not JSON", "{\"truncated\":", "[1, 2, 3]", "{}", "{\"amount\":\"twelve\"}");

    private final PrintWriter screen;
    private final Options options;

    /**
     * What a user chooses.
     *
     * @param alarmRate null = the model's
     * @param once end after the table
     * @param port of the scorer's HTTP server; 0 = any that is free
     * @param kept whether the folder is there after the demo
     */
    record Options(AlarmRate alarmRate, long seed, boolean once, int port, boolean kept) {}

    Demo(PrintWriter screen, Options options) {
        this.screen = screen;
        this.options = options;
    }

    /** Runs in a folder that is the caller's. */
    void run(Path folder, DemoData data) throws IOException, InterruptedException {
        Topics topics = new Topics(data.topic());
        say("Starting a Kafka broker ...");
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"))) {
            createTopic(broker, topics.records());
            Path model = folder.resolve(data.spec().name() + ".onnx");
            ModelCard card = train(data, model);
            Pipeline pipeline = new Pipeline(
                    data.topic(),
                    data.topic(),
                    model,
                    options.alarmRate,
                    Delivery.EXACTLY_ONCE,
                    1,
                    Pipeline.USUAL_MAX_RECORD_BYTES,
                    Map.of("bootstrap.servers", broker.bootstrapServers()));
            AlarmRule alarmRate = Judge.of(card, options.alarmRate).rule();
            Ledger ledger = new Ledger();
            Evaluation evaluation = new Evaluation(data.normal() == null ? "" : data.normal());
            FlagPrinter flags = new FlagPrinter(screen, data.isEndless() ? "card" : null);
            try (Scorer scorer = Scorer.start("127.0.0.1", options.port, List.of(pipeline));
                    Watcher watcher = new Watcher(broker.bootstrapServers(), topics, ledger, flags, evaluation);
                    Feeder feeder = new Feeder(broker.bootstrapServers(), data.topic(), ledger)) {
                if (!scorer.awaitReady(READY)) {
                    throw new SurprisalException("the scorer does not get ready; --verbose shows its log");
                }
                watcher.start();
                say("Dashboard %s", scorer.uri());
                say(
                        "Streaming %,d records to topic %s; flags at an alarm rate of %s:",
                        data.size(), data.topic(), alarmRate);
                double perSecond = stream(data, feeder, watcher);
                printTable(data, watcher, alarmRate, perSecond);
                printPlaces(folder, model, broker, topics, scorer);
                if (!options.once) {
                    goOn(data, feeder);
                }
            }
        }
    }

    private void createTopic(EmbeddedBroker broker, String topic) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new SurprisalException(
                        "the topic " + topic + " cannot be created: "
                                + e.getCause().getMessage(),
                        e);
            }
        }
    }

    private ModelCard train(DemoData data, Path model) {
        say("Training on %s ...", data.trainingFile().getFileName());
        try (ProgressListener listener = new ProgressListener()) {
            ModelCard card = new Training(Clock.systemUTC())
                    .run(
                            new Training.Request(
                                    data.spec(),
                                    data.trainingFile(),
                                    Selection.ALL,
                                    model,
                                    options.seed,
                                    options.alarmRate),
                            listener);
            say(
                    "Trained on %,d records and calibrated on %,d in %.0f s: model %s %s",
                    card.provenance().trainingRows(),
                    card.provenance().calibrationRows(),
                    card.provenance().seconds(),
                    card.name(),
                    card.version());
            return card;
        }
    }

    /** Streams all, as fast as it goes; returns how many records a second came out scored, before the pace was slowed to time the last ones. */
    private double stream(DemoData data, Feeder feeder, Watcher watcher) throws InterruptedException {
        long timed = Math.min(TIMED, data.size() / 4);
        long fast = data.size() - timed;
        long start = System.nanoTime();
        long sent = 0;
        for (; sent < fast; sent++) {
            feeder.send(data.next(), false);
            stopIfInterrupted();
        }
        for (String malformed : MALFORMED) {
            feeder.send(new Streamed(null, malformed, ""), false);
        }
        sent += MALFORMED.size();
        feeder.flush();
        await(watcher, sent);
        double perSecond = sent / ((System.nanoTime() - start) / 1e9);

        long paceStart = System.nanoTime();
        for (long i = 0; i < timed; i++) {
            Feeder.pace(paceStart, i, TIMED_PER_SECOND);
            feeder.send(data.next(), true);
        }
        feeder.flush();
        await(watcher, sent + timed);
        return perSecond;
    }

    private static void await(Watcher watcher, long count) throws InterruptedException {
        long lastSeen = -1;
        long lastChange = System.nanoTime();
        long seen;
        while ((seen = watcher.seen()) < count) {
            if (seen != lastSeen) {
                lastSeen = seen;
                lastChange = System.nanoTime();
            } else if (System.nanoTime() - lastChange > STANDSTILL_NANOS) {
                throw new SurprisalException(
                        "only " + seen + " of " + count + " records came out, and nothing has moved for a minute");
            }
            Thread.sleep(10);
        }
    }

    private void printTable(DemoData data, Watcher watcher, AlarmRule alarmRate, double perSecond) {
        screen.println();
        if (data.normal() == null) {
            say(
                    "%,d records scored, %,d flagged at an alarm rate of %s",
                    watcher.scores(), watcher.evaluate(Evaluation::flags), alarmRate);
        } else {
            String figures = watcher.evaluate(evaluation -> EvaluationTable.of(evaluation, alarmRate));
            screen.print(figures);
        }
        screen.println();
        say("Dead letters:");
        watcher.deadLetters().forEach((reason, count) -> say("  %,d  %s", count, reason));
        say(
                "Throughput %,.0f records/s on one stream thread, exactly once; at %,.0f records/s a score takes %.0f ms (p50), %.0f ms (p99)",
                perSecond, TIMED_PER_SECOND, watcher.latencyMillis(0.5), watcher.latencyMillis(0.99));
    }

    private void printPlaces(Path folder, Path model, EmbeddedBroker broker, Topics topics, Scorer scorer) {
        screen.println();
        say("Model   %s%s", model, options.kept ? "" : "   (gone when the demo ends; --dir FOLDER keeps it)");
        say("Kafka   %s, data in %s", broker.bootstrapServers(), folder.resolve("kafka"));
        say("Topics  %s -> %s, %s, %s", topics.records(), topics.scores(), topics.anomalies(), topics.deadLetters());
        say("Look    %s, API %s/api/index.html, metrics %s/prometheus", scorer.uri(), scorer.uri(), scorer.uri());
    }

    /** A calm stream, until somebody has seen enough. */
    private void goOn(DemoData data, Feeder feeder) throws InterruptedException {
        screen.println();
        if (!data.isEndless()) {
            say("All records are streamed; the scorer waits for more. Stop with Ctrl-C.");
            Thread.sleep(Long.MAX_VALUE);
        }
        say("Streaming on at %.0f records/s. Stop with Ctrl-C.", CALM_PER_SECOND);
        long start = System.nanoTime();
        for (long i = 0; ; i++) {
            Feeder.pace(start, i, CALM_PER_SECOND);
            feeder.send(data.next(), false);
        }
    }

    private static void stopIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private void say(String format, Object... values) {
        screen.println(String.format(Locale.ROOT, format, values));
        screen.flush();
    }
}
