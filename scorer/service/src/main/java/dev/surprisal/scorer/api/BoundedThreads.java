package dev.surprisal.scorer.api;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The threads of requests that take a while: few, so that the stream keeps its cores, with short queues, so that who comes too many is told at once. */
@Singleton
final class BoundedThreads {

    private static final int SCORING_QUEUE = 128;
    private static final int LOOKUPS_THREADS = 2;
    private static final int LOOKUPS_QUEUE = 32;
    private static final int KEEP_SECONDS = 10;

    private final ThreadPoolExecutor scoring =
            executor("api-scoring", Math.max(1, Runtime.getRuntime().availableProcessors() / 2), SCORING_QUEUE);
    private final ThreadPoolExecutor lookups = executor("api-lookups", LOOKUPS_THREADS, LOOKUPS_QUEUE);

    /** Scores records. */
    <T> CompletionStage<T> score(Supplier<T> answer) {
        return run(answer, scoring);
    }

    /** Reads topics, or all that is held of them. */
    <T> CompletionStage<T> lookUp(Supplier<T> answer) {
        return run(answer, lookups);
    }

    private static <T> CompletionStage<T> run(Supplier<T> answer, ThreadPoolExecutor on) {
        try {
            return CompletableFuture.supplyAsync(answer, on);
        } catch (RejectedExecutionException e) {
            throw ProblemException.busy("Too many requests wait already; ask again in a second.");
        }
    }

    private static ThreadPoolExecutor executor(String name, int threads, int queue) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                threads, threads, KEEP_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queue), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    @PreDestroy
    void close() {
        stop(scoring);
        stop(lookups);
    }

    /** What runs goes on for its few seconds: Kafka's consumers take interrupts badly. */
    private static void stop(ThreadPoolExecutor executor) {
        executor.shutdown();
        executor.getQueue().clear();
    }
}
