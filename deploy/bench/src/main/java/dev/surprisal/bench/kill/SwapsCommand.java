package dev.surprisal.bench.kill;

import dev.surprisal.launcher.Commands;
import dev.surprisal.launcher.Folders;
import dev.surprisal.launcher.Verbosity;
import dev.surprisal.quickstart.EmbeddedBroker;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.ModelCardJson;
import dev.surprisal.trainer.export.OnnxExporter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Swaps models under load, and watches the scorer's memory. */
@Command(
        name = "swaps",
        sortOptions = false,
        description = {
            "Runs a broker and a scorer, sends records without a pause, and replaces the model file again and again. Then every record must have one score or one dead letter, versions must not go back within a partition, and the scorer's resident memory must not have grown by more than 5 %% since the first tenth of the swaps. Exit status 1 if not.",
            "",
            "Example:",
            "  surprisal bench swaps --swaps 500",
            ""
        })
public final class SwapsCommand implements Callable<Integer> {

    private static final String TOPIC = "records";
    private static final int PARTITIONS = 4;
    private static final int HEAP_MEBIBYTES = 256;
    private static final double MOST_GROWTH = 1.05;
    private static final int PATIENCE_MILLIS = 60_000;

    @Option(names = "--swaps", paramLabel = "N", defaultValue = "500", description = "Default: ${DEFAULT-VALUE}.")
    private int swaps;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Records a second. Default: ${DEFAULT-VALUE}.")
    private double perSecond;

    @Option(
            names = "--dir",
            paramLabel = "FOLDER",
            description = "Where data and logs go, and stay. Default: a temporary folder, gone afterwards.")
    private Path dir;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Commands.errorsOnly("org.apache.kafka");
        Commands.errorsOnly("kafka");
        Path folder = dir == null ? Files.createTempDirectory("surprisal-swaps") : Files.createDirectories(dir);
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"))) {
            create(broker.bootstrapServers());
            return run(folder, broker.bootstrapServers()) ? 0 : 1;
        } finally {
            if (dir == null) {
                Folders.delete(folder);
            }
        }
    }

    private boolean run(Path folder, String servers) throws IOException, InterruptedException {
        say("Training a model ...");
        Path trained = folder.resolve("trained.onnx");
        ModelCard card = Models.train(folder, trained, 1);
        byte[] onnx = Files.readAllBytes(trained);
        Path model = folder.resolve("model.onnx");
        List<String> versions = new ArrayList<>();
        versions.add(replace(model, onnx, card, 0));
        try (JavaProcess scorer =
                JavaProcess.scorer("scorer", folder, HEAP_MEBIBYTES, servers, TOPIC, model.toString())) {
            scorer.start();
            awaitServed(scorer, versions.get(0));
            try (Ledger ledger = new Ledger(servers, TOPIC);
                    Load load = new Load(servers, TOPIC, perSecond)) {
                ledger.await(1);
                long early = 0;
                long last = 0;
                for (int swap = 1; swap <= swaps; swap++) {
                    versions.add(replace(model, onnx, card, swap));
                    awaitServed(scorer, versions.get(swap));
                    last = residentKibibytes(scorer.pid());
                    if (swap <= swaps / 10) {
                        early = Math.max(early, last);
                    }
                    if (swap % Math.max(1, swaps / 10) == 0) {
                        say("%,5d swaps, resident memory of the scorer %,d MiB", swap, last >> 10);
                    }
                }
                int sent = load.finish();
                ledger.await(sent);
                return judge(ledger, versions, sent, (double) last / early);
            }
        }
    }

    private boolean judge(Ledger ledger, List<String> versions, int sent, double growth) {
        int missing = ledger.missing(sent);
        int doubled = ledger.doubled();
        int wrong = ledger.wrong();
        int backwards = ledger.backwards(versions);
        say("");
        say(
                "%,d records, %,d versions among their scores",
                sent, ledger.versions().size());
        say("missing                 %,d", missing);
        say("doubled                 %,d", doubled);
        say("versions that go back   %,d", backwards);
        say("resident memory at the end, by its peak during the first tenth of the swaps   %.3f", growth);
        return missing + doubled + wrong + backwards == 0 && growth <= MOST_GROWTH;
    }

    /** The same model as another version of itself. */
    private static String replace(Path model, byte[] onnx, ModelCard card, int number) throws IOException {
        String version = String.format(Locale.ROOT, "swap-%04d", number);
        byte[] bytes =
                OnnxExporter.withEntry(onnx, ModelCard.METADATA_KEY, ModelCardJson.write(card.withVersion(version)));
        Path beside = model.resolveSibling("next.onnx");
        Files.write(beside, bytes);
        Files.move(beside, model, StandardCopyOption.ATOMIC_MOVE);
        return version;
    }

    private static void awaitServed(JavaProcess scorer, String version) throws InterruptedException {
        long end = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (!scorer.hasSaid(NumberedRecords.NAME + " " + version)) {
            if (!scorer.isAlive() || System.currentTimeMillis() > end) {
                throw new SurprisalException("the scorer does not take up model " + version);
            }
            Thread.sleep(20);
        }
    }

    /** As Linux tells it. */
    private static long residentKibibytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new SurprisalException("/proc does not tell how much memory process " + pid + " has");
    }

    private static void create(String servers) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new SurprisalException(
                    "the topic cannot be created: " + e.getCause().getMessage(), e);
        }
    }

    private void say(String format, Object... values) {
        PrintWriter screen = command.commandLine().getOut();
        screen.println(String.format(Locale.ROOT, format, values));
        screen.flush();
    }
}
