package dev.surprisal.scorer.model;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/** A few of the last records, at most {@value #CAPACITY}; larger ones than {@value #LARGEST} bytes are passed over. For all threads. */
public final class RecentRecords {

    private static final int CAPACITY = 16;
    private static final int LARGEST = 64 << 10;

    private final AtomicReferenceArray<byte[]> records = new AtomicReferenceArray<>(CAPACITY);
    private final AtomicInteger next = new AtomicInteger();

    /** Remembers a record that could be scored, in place of the oldest. */
    public void add(byte[] record) {
        if (record != null && record.length <= LARGEST) {
            records.set(Math.floorMod(next.getAndIncrement(), CAPACITY), record);
        }
    }

    List<byte[]> all() {
        return IntStream.range(0, CAPACITY)
                .mapToObj(records::get)
                .filter(Objects::nonNull)
                .toList();
    }
}
