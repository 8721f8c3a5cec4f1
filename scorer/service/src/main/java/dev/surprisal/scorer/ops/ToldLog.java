package dev.surprisal.scorer.ops;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was told of lately and goes on or is over, each as its latest event tells it. Bounded: what is over gives way first. Safe for any thread.
 *
 * @param <T> an incident or a silence as an event tells it
 */
public final class ToldLog<T extends ToldLog.Told> {

    /** What an event tells of something that goes on or is over. */
    interface Told {

        /** Of what it tells of. */
        String id();

        /** Whether that goes on. */
        boolean open();

        /** About how much memory it takes. */
        int bytes();
    }

    private final int most;
    private final RecentLog<T> events;
    private final Map<String, RecentLog.Entry<T>> byId = new LinkedHashMap<>();

    ToldLog(int most, long mostBytes) {
        this.most = most;
        events = new RecentLog<>(most, mostBytes, Told::bytes);
    }

    synchronized void add(T told) {
        events.add(told);
        // Those of the latest events come last.
        byId.remove(told.id());
        byId.put(told.id(), new RecentLog.Entry<>(events.last(), told));
        if (byId.size() > most) {
            drop();
        }
    }

    private void drop() {
        Iterator<RecentLog.Entry<T>> oldestFirst = byId.values().iterator();
        while (oldestFirst.hasNext()) {
            if (!oldestFirst.next().value().open()) {
                oldestFirst.remove();
                return;
            }
        }
        Iterator<String> all = byId.keySet().iterator();
        all.next();
        all.remove();
    }

    /** Every event, for who wants to know what came since. */
    public RecentLog<T> events() {
        return events;
    }

    /** All with the number of their latest event, that of the latest first. */
    public synchronized List<RecentLog.Entry<T>> latestFirst() {
        List<RecentLog.Entry<T>> all = new ArrayList<>(byId.values());
        Collections.reverse(all);
        return all;
    }

    /** One of them; null where it is not held. */
    public synchronized RecentLog.Entry<T> find(String id) {
        return byId.get(id);
    }
}
