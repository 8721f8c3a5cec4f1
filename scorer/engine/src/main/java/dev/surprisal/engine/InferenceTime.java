package dev.surprisal.engine;

import java.util.concurrent.atomic.LongAdder;

/** How often and how long a model's sessions ran, of all threads together. */
public final class InferenceTime {

    private final LongAdder calls = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    void add(long tookNanos) {
        calls.increment();
        nanos.add(tookNanos);
    }

    /** Calls of ONNX Runtime; each has up to {@value RowBatch#CAPACITY} rows. */
    public long calls() {
        return calls.sum();
    }

    /** The time that they took. */
    public long nanos() {
        return nanos.sum();
    }
}
