package dev.surprisal.bench.stream;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.function.Predicate;

/** CPU time of threads of this process, without the virtual machine's own. */
final class ThreadTimes {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private ThreadTimes() {}

    /** Nanoseconds, of those that live and fit. */
    static long nanos(Predicate<ThreadInfo> which) {
        long nanos = 0;
        for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
            if (thread != null && which.test(thread)) {
                nanos += Math.max(0, THREADS.getThreadCpuTime(thread.getThreadId()));
            }
        }
        return nanos;
    }

    /** Kafka names all threads of an application after it. */
    static long ofApplication(String name) {
        return nanos(thread -> thread.getThreadName().contains(name));
    }
}
