package dev.surprisal.bench.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.surprisal.bench.kill.Models;
import dev.surprisal.bench.kill.NumberedRecords;
import dev.surprisal.bench.stream.WindowRun.Result;
import dev.surprisal.launcher.Folders;
import dev.surprisal.launcher.Progress;
import dev.surprisal.launcher.Verbosity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what an open dashboard costs the scorer. */
@Command(
        name = "window",
        sortOptions = false,
        description = {
            "Lets a whole scorer work off a full topic of an embedded broker, at hundreds of flags a second, with its dashboard open in a real Chromium and without, in turns. Prints a Markdown table: records and flags per second and CPU per record; figures are medians over the repetitions, ratios medians of the ratios within a round.",
            "",
            "Everything shares this machine, the browser too: where it has few cores, CPU per record is what can be compared. Without a Chromium on the PATH nothing is measured.",
            "",
            "Example:",
            "  surprisal bench window",
            ""
        })
public final class WindowCommand implements Callable<Integer> {

    private static final String TOPIC = "window";
    private static final int KEYS = 1_000;
    private static final long SEED = 1;

    @Option(
            names = "--records",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "How many records to work off. Default: ${DEFAULT-VALUE}.")
    private int records;

    @Option(
            names = "--anomaly-every",
            paramLabel = "N",
            defaultValue = "100",
            description = "Every N-th record is an anomaly. Default: ${DEFAULT-VALUE}.")
    private int anomalyEvery;

    @Option(
            names = "--repetitions",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often to measure each. Default: ${DEFAULT-VALUE}.")
    private int repetitions;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (records < 1_000 || repetitions < 1 || anomalyEvery < 2) {
            throw new CommandLine.ParameterException(
                    command.commandLine(),
                    "--records must be at least 1000, --repetitions at least 1, --anomaly-every at least 2");
        }
        PrintWriter screen = command.commandLine().getOut();
        Path browser = Browser.find().orElse(null);
        if (browser == null) {
            screen.println("Skipped: there is no Chromium on the PATH, and so no page to measure.");
            screen.flush();
            return CommandLine.ExitCode.OK;
        }
        Path folder = Files.createTempDirectory("surprisal-bench-");
        try {
            Path model = folder.resolve("model.onnx");
            Models.train(folder, model, SEED);
            try (Site site = new Site(folder.resolve("kafka"))) {
                site.create(TOPIC);
                fill(site);
                measure(new WindowRun(site, TOPIC, model), browser, screen);
            }
            return CommandLine.ExitCode.OK;
        } finally {
            Folders.delete(folder);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Whatever is lost is waited for in vain.
    private void fill(Site site) {
        try (KafkaProducer<byte[], byte[]> producer = site.producer(false)) {
            for (int i = 0; i < records; i++) {
                String record = i % anomalyEvery == anomalyEvery - 1
                        ? "{\"number\":" + i
                                + ",\"amount\":1000000,\"distance\":-500,\"minutes\":100000,\"country\":\"DE\"}"
                        : NumberedRecords.good(i);
                producer.send(new ProducerRecord<>(TOPIC, ("key " + i % KEYS).getBytes(UTF_8), record.getBytes(UTF_8)));
            }
        }
    }

    private void measure(WindowRun run, Path browser, PrintWriter screen) throws IOException, InterruptedException {
        List<Result> without = new ArrayList<>();
        List<Result> with = new ArrayList<>();
        try (Progress progress = Progress.start("measuring", 2L * repetitions + 1, "runs")) {
            // It warms up, and does not count.
            run.run(null, records);
            int done = 0;
            progress.at(++done);
            for (int i = 0; i < repetitions; i++) {
                // Who is first takes turns, too.
                boolean openFirst = i % 2 == 1;
                (openFirst ? with : without).add(run.run(openFirst ? browser : null, records));
                progress.at(++done);
                (openFirst ? without : with).add(run.run(openFirst ? null : browser, records));
                progress.at(++done);
            }
        }
        print(screen, without, with);
    }

    private static void print(PrintWriter screen, List<Result> without, List<Result> with) {
        screen.println("| | without the page | with the page | ratio |");
        screen.println("| --- | ---: | ---: | ---: |");
        row(screen, "records/s", "%,.0f", without, with, Result::recordsPerSecond);
        row(screen, "flags/s", "%,.0f", without, with, Result::flagsPerSecond);
        row(screen, "CPU a record, the pipeline's own threads, us", "%.2f", without, with, Result::streamMicros);
        row(screen, "CPU a record, all threads of the scorer, us", "%.2f", without, with, Result::allMicros);
        screen.flush();
    }

    private static void row(
            PrintWriter screen,
            String name,
            String format,
            List<Result> without,
            List<Result> with,
            ToDoubleFunction<Result> figure) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < with.size(); i++) {
            ratios.add(figure.applyAsDouble(with.get(i)) / figure.applyAsDouble(without.get(i)));
        }
        screen.printf(
                Locale.ROOT,
                "| %s | " + format + " | " + format + " | %.2f |%n",
                name,
                Medians.of(without, figure),
                Medians.of(with, figure),
                Medians.of(ratios, Double::doubleValue));
    }
}
