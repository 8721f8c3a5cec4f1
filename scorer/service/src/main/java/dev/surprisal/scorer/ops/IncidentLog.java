package dev.surprisal.scorer.ops;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The incidents that were told of lately, each as its latest event tells it. Bounded: those that were closed give way first. Safe for any thread. */
public final class IncidentLog {

    private final int mostIncidents;
    private final RecentLog<ToldIncident> events;
    private final Map<String, RecentLog.Entry<ToldIncident>> byId = new LinkedHashMap<>();

    IncidentLog(int mostIncidents, long mostBytes) {
        this.mostIncidents = mostIncidents;
        events = new RecentLog<>(mostIncidents, mostBytes, ToldIncident::bytes);
    }

    synchronized void add(ToldIncident told) {
        events.add(told);
        // Those of the latest events come last.
        byId.remove(told.id());
        byId.put(told.id(), new RecentLog.Entry<>(events.last(), told));
        if (byId.size() > mostIncidents) {
            drop();
        }
    }

    private void drop() {
        Iterator<RecentLog.Entry<ToldIncident>> oldestFirst = byId.values().iterator();
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
    public RecentLog<ToldIncident> events() {
        return events;
    }

    /** All incidents with the number of their latest event, that of the latest first. */
    public synchronized List<RecentLog.Entry<ToldIncident>> latestFirst() {
        List<RecentLog.Entry<ToldIncident>> all = new ArrayList<>(byId.values());
        Collections.reverse(all);
        return all;
    }

    /** One of them; null where it is not held. */
    public synchronized RecentLog.Entry<ToldIncident> find(String id) {
        return byId.get(id);
    }
}
