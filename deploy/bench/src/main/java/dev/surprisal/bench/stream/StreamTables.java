package dev.surprisal.bench.stream;

import dev.surprisal.bench.stream.ThroughputRun.Result;
import dev.surprisal.engine.RowBatch;
import dev.surprisal.scorer.stream.Delivery;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Prints what was measured as Markdown. */
final class StreamTables {

    private static final int LONGEST_WARM_UP_SECONDS = 10;
    private static final List<Integer> RATES = List.of(1_000, 5_000);

    private final PrintWriter screen;
    private final Map<String, String> kafka;

    /** @param kafka properties of the clients that are not the scorer's usual ones */
    StreamTables(PrintWriter screen, Map<String, String> kafka) {
        this.screen = screen;
        this.kafka = new TreeMap<>(kafka);
    }

    /** The ways from records to scores; ratios are medians of the ratios within a round. */
    void ways(List<Contender> ways, List<List<Result>> results, StreamedRecords records, int anomalyEvery) {
        say("%nRecords of %.0f bytes, one in %d an anomaly; one stream thread.", records.meanBytes(), anomalyEvery);
        kafka.forEach((key, value) -> say("%nAll with %s=%s.", key, value));
        say("");
        boolean bytes = ways.get(0).letter().equals("a");
        say(
                "| | | records/s | CPU a record | %s |",
                bytes ? "of a" : "of " + ways.get(0).letter());
        say("| --- | --- | ---: | ---: | ---: |");
        for (int i = 0; i < ways.size(); i++) {
            say(
                    "| %s | %s | %,.0f | %.1f us | %.2f |",
                    ways.get(i).letter(),
                    ways.get(i).name(),
                    Medians.of(results.get(i), Result::recordsPerSecond),
                    Medians.of(results.get(i), Result::cpuMicros),
                    ratio(results.get(i), results.get(0)));
        }
        List<String> letters = ways.stream().map(Contender::letter).toList();
        int passing = letters.indexOf("a");
        int scorer = letters.indexOf("c");
        for (String way : List.of("c", "d")) {
            int other = letters.indexOf(way);
            if (passing >= 0 && other >= 0) {
                say("%n%s does %.2f of a's records a second.", way, ratio(results.get(other), results.get(passing)));
            }
        }
        int unflagged = letters.indexOf("c0");
        for (String flagging : List.of("c", "c+")) {
            int other = letters.indexOf(flagging);
            if (unflagged >= 0 && other >= 0) {
                say(
                        "%n%s does %.0f %% of c0's records a second, at %.1f us of CPU more.",
                        flagging,
                        100 * ratio(results.get(other), results.get(unflagged)),
                        Medians.of(results.get(other), Result::cpuMicros)
                                - Medians.of(results.get(unflagged), Result::cpuMicros));
            }
        }
        for (String slow : List.of("e", "f")) {
            int other = letters.indexOf(slow);
            if (scorer >= 0 && other >= 0) {
                say("%nc is %.1f times as fast as %s.", ratio(results.get(scorer), results.get(other)), slow);
            }
        }
    }

    private static double ratio(List<Result> one, List<Result> other) {
        return Medians.of(
                IntStream.range(0, one.size()).boxed().toList(),
                round -> one.get(round).recordsPerSecond() / other.get(round).recordsPerSecond());
    }

    /** More threads and instances. */
    void scaled(List<Contender> scaled, List<List<Result>> results) {
        say("%n| | delivery | records/s | CPU a record |");
        say("| --- | --- | ---: | ---: |");
        for (int i = 0; i < scaled.size(); i++) {
            say(
                    "| %s | %s | %,.0f | %.1f us |",
                    scaled.get(i).name(),
                    name(scaled.get(i).delivery()),
                    Medians.of(results.get(i), Result::recordsPerSecond),
                    Medians.of(results.get(i), Result::cpuMicros));
        }
    }

    /** Measures latency, at each rate in both modes of delivery. */
    void latency(LatencyRun run, Contenders contenders, int seconds) {
        say("%n| records/s | delivery | flags | p50 | p99 | p99.9 |");
        say("| ---: | --- | ---: | ---: | ---: | ---: |");
        for (int rate : RATES) {
            for (Delivery delivery : List.of(Delivery.AT_LEAST_ONCE, Delivery.EXACTLY_ONCE)) {
                LatencyRun.Result result =
                        run.run(contenders.scorer(delivery), rate, Math.min(seconds, LONGEST_WARM_UP_SECONDS), seconds);
                say(
                        "| %,d | %s | %,d | %.1f ms | %.1f ms | %.1f ms |",
                        rate,
                        name(delivery),
                        result.nanos().length,
                        result.millis(0.5),
                        result.millis(0.99),
                        result.millis(0.999));
            }
        }
    }

    /** The two graphs of a model beside large matrix products. */
    void kernels(List<Kernels.Result> measured) {
        say("%n| batches of %d | FLOP a record | time a record | GFLOP/s | of large products |", RowBatch.CAPACITY);
        say("| --- | ---: | ---: | ---: | ---: |");
        List<String> names = List.of("first look", "full score");
        for (int i = 0; i < names.size(); i++) {
            Kernels.Result result = measured.get(i);
            say(
                    "| %s | %,.0f | %.2f us | %.1f | %.0f %% |",
                    names.get(i),
                    result.flop(),
                    result.micros(),
                    result.flop() / result.micros() / 1e3,
                    100 * result.share());
        }
        say("%nLarge products: %.1f GFLOP/s on one thread.", measured.get(0).peak() / 1e9);
    }

    private static String name(Delivery delivery) {
        return delivery.text().replace("-", " ");
    }

    private void say(String format, Object... arguments) {
        screen.printf(Locale.ROOT, format + "%n", arguments);
        screen.flush();
    }
}
