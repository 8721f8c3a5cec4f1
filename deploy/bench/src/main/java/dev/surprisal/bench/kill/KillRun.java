package dev.surprisal.bench.kill;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.scorer.model.ModelRegistry;
import dev.surprisal.scorer.stream.Delivery;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** One run of the kill test. */
final class KillRun {

    private static final String TOPIC = "records";
    private static final int PARTITIONS = 4;
    private static final int HEAP_MEBIBYTES = 512;
    private static final int PATIENCE_MILLIS = 60_000;
    private static final String SAID_WHEN_UP = "Dashboard at";

    private final PrintWriter screen;
    private final Path folder;
    private final int kills;
    private final double perSecond;
    private final Delivery delivery;
    private final Random random;
    private final List<Long> recoveries = new ArrayList<>();

    KillRun(PrintWriter screen, Path folder, int kills, double perSecond, Delivery delivery, long seed) {
        this.screen = screen;
        this.folder = folder;
        this.kills = kills;
        this.perSecond = perSecond;
        this.delivery = delivery;
        random = new Random(seed);
    }

    /** Whether every record ended as it should. */
    boolean run() throws IOException, InterruptedException {
        say("Training two models ...");
        List<Path> files = List.of(folder.resolve("first.onnx"), folder.resolve("second.onnx"));
        List<String> versions = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            ModelCard card = Models.train(folder, files.get(i), 1 + i);
            versions.add(card.version());
        }
        say("Starting three brokers ...");
        try (Brokers brokers = Brokers.start(folder)) {
            brokers.create(TOPIC, PARTITIONS);
            String servers = brokers.bootstrapServers();
            publish(servers, versions.get(0), files.get(0));
            List<JavaProcess> scorers = List.of(scorer("one", servers), scorer("two", servers));
            try {
                scorers.forEach(JavaProcess::start);
                awaitSaid(scorers.get(0), SAID_WHEN_UP);
                return disturb(brokers, scorers, files, versions);
            } finally {
                scorers.forEach(JavaProcess::close);
            }
        }
    }

    private boolean disturb(Brokers brokers, List<JavaProcess> scorers, List<Path> files, List<String> versions)
            throws IOException, InterruptedException {
        String servers = brokers.bootstrapServers();
        try (Ledger ledger = new Ledger(servers, TOPIC);
                Load load = new Load(servers, TOPIC, perSecond)) {
            ledger.await(1);
            say("%5s  %-10s  %-8s  %s", "kill", "of", "by", "scored again everywhere after");
            for (int kill = 1; kill <= kills; kill++) {
                Thread.sleep(1_000 + random.nextInt(3_000));
                kill(kill, brokers, scorers, ledger);
                if (kill == kills / 2) {
                    publish(servers, versions.get(1), files.get(1));
                    say("%5s  model %s instead of %s", "", versions.get(1), versions.get(0));
                }
            }
            int sent = load.finish();
            ledger.await(sent);
            scorers.forEach(JavaProcess::close);
            int different = 0;
            for (int i = 0; i < versions.size(); i++) {
                different += different(servers, ledger, files.get(i), versions.get(i), sent);
            }
            return judge(ledger, versions, sent, different);
        }
    }

    private void kill(int kill, Brokers brokers, List<JavaProcess> scorers, Ledger ledger) throws InterruptedException {
        boolean ofScorer = random.nextInt(5) < 3;
        List<JavaProcess> candidates = ofScorer ? scorers : brokers.processes();
        JavaProcess victim = candidates.get(random.nextInt(candidates.size()));
        boolean byKill = random.nextInt(4) > 0;
        int pause = ofScorer && random.nextBoolean() ? 12_000 : random.nextInt(3_000);
        long at = System.currentTimeMillis();
        victim.end(byKill);
        long restart = at + pause;
        boolean restarted = false;
        // Killed before its partner was back: there is nobody to take over.
        boolean nobody = ofScorer && scorers.stream().noneMatch(KillRun::isUp);
        long alone = 0;
        long recovery = -1;
        long end = at + PATIENCE_MILLIS;
        while (System.currentTimeMillis() < end && (recovery < 0 || !restarted)) {
            if (!restarted && System.currentTimeMillis() >= restart) {
                victim.start();
                restarted = true;
            }
            if (nobody) {
                alone = System.currentTimeMillis() - at;
                nobody = scorers.stream().noneMatch(KillRun::isUp);
            }
            if (recovery < 0 && isScoredEverywhere(ledger, at + 100)) {
                recovery = System.currentTimeMillis() - at;
            }
            Thread.sleep(20);
        }
        if (recovery < 0) {
            throw new SurprisalException("nothing is scored a minute after the kill of " + victim.name());
        }
        if (ofScorer) {
            recoveries.add(recovery - alone);
        } else {
            brokers.awaitAllInSync();
        }
        say(
                "%5d  %-10s  %-8s  %.1f s%s%s",
                kill,
                victim.name(),
                byKill ? "kill -9" : "SIGTERM",
                recovery / 1e3,
                restarted && recovery < pause ? ", by the other one, before it was started again" : "",
                alone > 0 ? String.format(Locale.ROOT, ", %.1f s of them without any scorer", alone / 1e3) : "");
    }

    private static boolean isUp(JavaProcess scorer) {
        return scorer.isAlive() && scorer.hasSaid(SAID_WHEN_UP);
    }

    /** Whether each partition has a score of a record that was sent after a time. */
    private static boolean isScoredEverywhere(Ledger ledger, long after) {
        Map<Integer, Long> newest = ledger.newest();
        return newest.size() == PARTITIONS && newest.values().stream().allMatch(time -> time > after);
    }

    /** How many scores of a model are not those that it gives the same records where nothing is killed. */
    private int different(String servers, Ledger ledger, Path model, String version, int sent)
            throws InterruptedException {
        String name = "undisturbed-" + version;
        try (JavaProcess scorer = new JavaProcess(
                name,
                folder,
                HEAP_MEBIBYTES,
                "dev.surprisal.scorer.cli.Main",
                "serve",
                "--bootstrap-servers",
                servers,
                "--topic-pattern",
                TOPIC,
                "--name",
                name,
                "--model",
                model.toString(),
                "--port",
                "0")) {
            scorer.start();
            awaitSaid(scorer, SAID_WHEN_UP);
            try (Ledger undisturbed = new Ledger(servers, name)) {
                undisturbed.await(sent);
                return ledger.different(version, undisturbed);
            }
        }
    }

    private boolean judge(Ledger ledger, List<String> versions, int sent, int different) {
        int missing = ledger.missing(sent);
        int doubled = ledger.doubled();
        int wrong = ledger.wrong();
        int backwards = ledger.backwards(versions);
        say("");
        say("%,d records, scored by %s", sent, ledger.versions());
        say("missing                        %,d", missing);
        say("doubled                        %,d", doubled);
        say("score instead of dead letter or the other way round   %,d", wrong);
        say("other bits than undisturbed    %,d", different);
        say("versions that go back          %,d", backwards);
        say(
                "after the end of a scorer, or once there was one again, all partitions were scored again within %.1f s (median), %.1f s (longest)",
                recoveries.stream()
                                .sorted()
                                .skip(recoveries.size() / 2)
                                .findFirst()
                                .orElse(0L)
                        / 1e3,
                recoveries.stream().mapToLong(Long::longValue).max().orElse(0) / 1e3);
        // What is done again after a kill may be done by another version, too.
        int repeated = delivery == Delivery.EXACTLY_ONCE ? doubled + backwards : 0;
        return missing + repeated + wrong + different == 0;
    }

    private JavaProcess scorer(String instance, String servers) {
        String model = "topic:" + NumberedRecords.NAME;
        return JavaProcess.scorer(
                "scorer-" + instance,
                folder,
                HEAP_MEBIBYTES,
                servers,
                TOPIC,
                model,
                "--instance",
                instance,
                "--delivery",
                delivery.text());
    }

    private static void publish(String servers, String version, Path model) throws IOException, InterruptedException {
        ModelRegistry registry = new ModelRegistry(Map.of("bootstrap.servers", servers), Clock.systemUTC());
        byte[] onnx = Files.readAllBytes(model);
        for (int attempt = 1; ; attempt++) {
            try {
                registry.publish(NumberedRecords.NAME, version, onnx, null, false);
                return;
            } catch (SurprisalException e) {
                if (attempt == 5) {
                    throw e;
                }
                Thread.sleep(1_000);
            }
        }
    }

    private static void awaitSaid(JavaProcess process, String text) throws InterruptedException {
        long end = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (!process.hasSaid(text)) {
            if (!process.isAlive() || System.currentTimeMillis() > end) {
                throw new SurprisalException(process.name() + " does not get going; see its log, with --dir");
            }
            Thread.sleep(50);
        }
    }

    private void say(String format, Object... values) {
        screen.println(String.format(Locale.ROOT, format, values));
        screen.flush();
    }
}
