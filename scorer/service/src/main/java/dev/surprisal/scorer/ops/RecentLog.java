package dev.surprisal.scorer.ops;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.ToIntFunction;

/** The latest of something, bounded in number and in bytes. Each entry has a number that only grows, from 1 on. Safe for any thread. */
public final class RecentLog<T> {

    private final int mostEntries;
    private final long mostBytes;
    private final ToIntFunction<T> bytesOf;
    private final Deque<Entry<T>> entries = new ArrayDeque<>();
    private long bytes;
    private long last;

    /**
     * What was logged, and as which in number.
     *
     * @param number from 1 on
     * @param value what was logged
     */
    public record Entry<T>(long number, T value) {}

    public RecentLog(int mostEntries, long mostBytes, ToIntFunction<T> bytesOf) {
        this.mostEntries = mostEntries;
        this.mostBytes = mostBytes;
        this.bytesOf = bytesOf;
    }

    synchronized void add(T value) {
        entries.addLast(new Entry<>(++last, value));
        bytes += bytesOf.applyAsInt(value);
        while (entries.size() > mostEntries || (bytes > mostBytes && entries.size() > 1)) {
            bytes -= bytesOf.applyAsInt(entries.removeFirst().value);
        }
    }

    /** The number of the latest entry; 0 if there has been none. */
    public synchronized long last() {
        return last;
    }

    /** How many entries it has. */
    public synchronized int size() {
        return entries.size();
    }

    /** All entries, the latest first. */
    public synchronized List<Entry<T>> latestFirst() {
        List<Entry<T>> all = new ArrayList<>(entries.size());
        entries.descendingIterator().forEachRemaining(all::add);
        return all;
    }

    /** The latest entries with a number above the given one, the latest first, at most so many. */
    public synchronized List<Entry<T>> after(long number, int most) {
        List<Entry<T>> later = new ArrayList<>();
        for (var each = entries.descendingIterator(); each.hasNext() && later.size() < most; ) {
            Entry<T> entry = each.next();
            if (entry.number <= number) {
                break;
            }
            later.add(entry);
        }
        return later;
    }
}
