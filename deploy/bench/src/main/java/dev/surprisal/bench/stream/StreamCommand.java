package dev.surprisal.bench.stream;

import dev.surprisal.launcher.Folders;
import dev.surprisal.launcher.Verbosity;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.trainer.Training;
import dev.surprisal.trainer.cli.ProgressListener;
import dev.surprisal.trainer.data.SpecDraft;
import dev.surprisal.trainer.data.TrainingData.Selection;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how fast the scorer is, beside parts of it and beside another method. */
@Command(
        name = "stream",
        sortOptions = false,
        description = {
            "Trains a model on every second normal record of a labelled file, fills a topic of an embedded broker with the other normal ones, every hundredth an anomaly (--anomaly-every), and lets the scorer and what it is compared with work it off, in turns. Prints Markdown tables: records per second and CPU per record, latency from the producer to the flag, and what more threads and instances bring. Figures are medians over the repetitions.",
            "",
            "Everything shares this machine: the broker, the producer and what is measured.",
            "",
            "Example:",
            "  surprisal bench stream --data kddcup.data_10_percent.csv.gz --label f42 --normal normal.",
            ""
        })
public final class StreamCommand implements Callable<Integer> {

    @Option(names = "--data", required = true, paramLabel = "FILE", description = "Records with labels.")
    private Path data;

    @Option(
            names = "--label",
            required = true,
            paramLabel = "FIELD",
            description = "The field that tells normal records.")
    private String label;

    @Option(names = "--normal", required = true, paramLabel = "VALUE", description = "What it says of them.")
    private String normal;

    @Option(names = "--spec", paramLabel = "SPEC", description = "The record spec. Default: as `describe` draws it.")
    private Path spec;

    @Option(names = "--model", paramLabel = "MODEL", description = "A model of such records. Default: trained first.")
    private Path model;

    @Option(
            names = "--records",
            paramLabel = "N",
            defaultValue = "1000000",
            description =
                    "How many records to work off; those of the file come again and again. Default: ${DEFAULT-VALUE}.")
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

    @Option(
            names = "--latency-seconds",
            paramLabel = "N",
            defaultValue = "60",
            description = "How long latency is measured at each rate; 0 = not at all. Default: ${DEFAULT-VALUE}.")
    private int latencySeconds;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "LETTER",
            description = "Only these rows of the first table, and no scaling.")
    private List<String> only;

    @Option(
            names = "--kafka-property",
            paramLabel = "KEY=VALUE",
            description =
                    "Any property of the clients of all that is measured, such as batch.size=16384, which is what Kafka's producers have by default, and the scorer sets higher. Repeatable.")
    private Map<String, String> kafkaProperties = Map.of();

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        if (records < 1_000 || repetitions < 1 || latencySeconds < 0 || anomalyEvery < 2) {
            throw new CommandLine.ParameterException(
                    command.commandLine(),
                    "--records must be at least 1000, --repetitions at least 1, --anomaly-every at least 2");
        }
        Path folder = Files.createTempDirectory("surprisal-bench-");
        try {
            RecordSpec recordSpec = spec == null
                    ? SpecFile.parse(
                            SpecDraft.of(data, null, label, position -> {}).toYaml(), data + ", described")
                    : SpecFile.read(spec);
            Path training = folder.resolve("training.jsonl");
            StreamedRecords streamed = StreamedRecords.read(data, recordSpec.ignoring(label), label, normal, training);
            if (model == null) {
                model = folder.resolve("model.onnx");
                try (ProgressListener listener = new ProgressListener()) {
                    new Training(Clock.systemUTC())
                            .run(
                                    new Training.Request(
                                            recordSpec.ignoring(label), training, Selection.ALL, model, 1, null),
                                    listener);
                }
            }
            PrintWriter screen = command.commandLine().getOut();
            try (Site site = new Site(folder.resolve("kafka"), kafkaProperties)) {
                measure(site, streamed, new StreamTables(screen, kafkaProperties));
            }
            return CommandLine.ExitCode.OK;
        } finally {
            Folders.delete(folder);
        }
    }

    private void measure(Site site, StreamedRecords streamed, StreamTables tables) {
        Contenders contenders = new Contenders(model);
        tables.kernels(Kernels.measure(model, streamed.normal()));
        Throughput throughput = new Throughput(site, streamed, anomalyEvery, model, records, repetitions);
        List<Contender> ways = contenders.ways().stream()
                .filter(way -> only == null || only.contains(way.letter()))
                .toList();
        tables.ways(ways, throughput.measure(ways), streamed, anomalyEvery);
        if (only == null) {
            List<Contender> scaled = contenders.scaled();
            tables.scaled(scaled, throughput.measure(scaled));
        }
        if (latencySeconds > 0) {
            tables.latency(new LatencyRun(site, streamed, model), contenders, latencySeconds);
        }
    }
}
