package dev.surprisal.bench.stream;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.scorer.stream.Pipeline;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Lets a contender work off a topic that is full already. */
final class ThroughputRun {

    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final long POLL_MILLIS = 4;
    /** The share of the records after which the clock starts. */
    private static final double START = 0.1;

    private final Site site;
    private final Topics topics;
    private final Path model;
    private int runs;

    ThroughputRun(Site site, String topic, Path model) {
        this.site = site;
        this.model = model;
        topics = new Topics(topic);
    }

    /**
     * What a run came to.
     *
     * @param recordsPerSecond once a tenth is done
     * @param cpuMicros a record, of the contender's own threads: stream threads and the clients' network threads, without broker and garbage collector
     */
    record Result(double recordsPerSecond, double cpuMicros) {}

    /**
     * Runs.
     *
     * @param count how many records there are in the topic
     */
    Result run(Contender contender, long count) {
        long end = (long) (contender.share() * count);
        site.deleteOutputs(topics.records());
        String name = "bench-" + System.nanoTime() + "-" + runs++;
        Pipeline pipeline = pipeline(contender, name);
        List<AutoCloseable> instances = new ArrayList<>();
        try {
            for (int i = 0; i < contender.instances(); i++) {
                instances.add(contender.start().apply(pipeline));
            }
            long begun = await((long) (START * end));
            long startNanos = System.nanoTime();
            long startCpu = ThreadTimes.ofApplication(name);
            long done = await(end);
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            long cpu = ThreadTimes.ofApplication(name) - startCpu;
            return new Result((done - begun) / seconds, cpu / 1e3 / (done - begun));
        } finally {
            instances.forEach(ThroughputRun::close);
        }
    }

    private Pipeline pipeline(Contender contender, String name) {
        return new Pipeline(
                name,
                topics.records(),
                model,
                null,
                contender.delivery(),
                contender.threads(),
                Pipeline.USUAL_MAX_RECORD_BYTES,
                site.measured());
    }

    /** Waits until so many scores are visible; returns how many are. */
    private long await(long count) {
        long giveUp = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            long visible = site.committed(topics.scores());
            if (visible >= count) {
                return visible;
            }
            if (System.nanoTime() > giveUp) {
                throw new SurprisalException(visible + " scores after 10 minutes, where " + count + " should be");
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SurprisalException("interrupted", e);
            }
        }
    }

    private static void close(AutoCloseable instance) {
        try {
            instance.close();
        } catch (Exception e) {
            throw new SurprisalException("a contender does not stop: " + e.getMessage(), e);
        }
    }
}
