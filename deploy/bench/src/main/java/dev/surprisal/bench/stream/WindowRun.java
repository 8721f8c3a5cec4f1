package dev.surprisal.bench.stream;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.scorer.cli.Scorer;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Pipeline;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Lets a whole scorer work off a topic that is full already, with its dashboard open or not. */
final class WindowRun {

    private static final String TITLE = "Overview";
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final long POLL_MILLIS = 10;
    /** The share of the records after which the clock starts, once the page is there. */
    private static final double START = 0.3;

    /** What has to be left then. */
    private static final double LATEST = 0.7;

    private final Site site;
    private final Topics topics;
    private final Path model;
    private int runs;

    WindowRun(Site site, String topic, Path model) {
        this.site = site;
        this.model = model;
        topics = new Topics(topic);
    }

    /**
     * What a run came to.
     *
     * @param recordsPerSecond scored and committed
     * @param flagsPerSecond written
     * @param streamMicros CPU a record, of the pipeline's threads: stream threads, its clients' network threads, and that which reads flags back
     * @param otherMicros CPU a record, of all other threads that came with the scorer: HTTP, events, the bookkeeping
     */
    record Result(double recordsPerSecond, double flagsPerSecond, double streamMicros, double otherMicros) {
        double allMicros() {
            return streamMicros + otherMicros;
        }
    }

    private record Look(long nanos, long records, long flags, long stream, long all) {}

    /**
     * Runs.
     *
     * @param browser that opens the dashboard; null for none
     * @param count how many records there are in the topic
     */
    Result run(Path browser, long count) throws IOException, InterruptedException {
        site.deleteOutputs(topics.records());
        String name = "window-" + System.nanoTime() + "-" + runs++;
        Set<Long> before = Arrays.stream(ManagementFactory.getThreadMXBean().getAllThreadIds())
                .boxed()
                .collect(Collectors.toSet());
        Pipeline pipeline = new Pipeline(
                name,
                topics.records(),
                model,
                null,
                Delivery.AT_LEAST_ONCE,
                1,
                Pipeline.USUAL_MAX_RECORD_BYTES,
                site.measured());
        try (Scorer scorer = Scorer.start("127.0.0.1", 0, List.of(pipeline));
                Browser page = browser == null ? null : Browser.open(browser, scorer.uri())) {
            if (page != null) {
                page.awaitTitle(TITLE);
            }
            await((long) (START * count));
            Look start = look(name, before);
            if (start.records > LATEST * count) {
                throw new SurprisalException(
                        "most records were scored before Chromium showed the page; set more --records");
            }
            await(count);
            Look end = look(name, before);
            if (page != null && !page.shows(TITLE)) {
                throw new SurprisalException("Chromium no longer shows the dashboard");
            }
            double seconds = (end.nanos - start.nanos) / 1e9;
            double records = end.records - start.records;
            double stream = (end.stream - start.stream) / 1e3;
            return new Result(
                    records / seconds,
                    (end.flags - start.flags) / seconds,
                    stream / records,
                    ((end.all - start.all) / 1e3 - stream) / records);
        }
    }

    private Look look(String name, Set<Long> before) {
        return new Look(
                System.nanoTime(),
                site.committed(topics.scores()),
                site.committed(topics.anomalies()),
                ThreadTimes.ofApplication(name),
                ThreadTimes.nanos(thread -> !before.contains(thread.getThreadId())));
    }

    private void await(long count) throws InterruptedException {
        long giveUp = System.nanoTime() + PATIENCE_NANOS;
        while (site.committed(topics.scores()) < count) {
            if (System.nanoTime() > giveUp) {
                throw new SurprisalException("not " + count + " scores after 10 minutes");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
