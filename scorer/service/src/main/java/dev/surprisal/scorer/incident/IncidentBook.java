package dev.surprisal.scorer.incident;

import dev.surprisal.schemas.event.IncidentEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The open incidents of one partition. What it changes it hands to a {@link Keeper}; it does no I/O itself, and its time is that of its caller. Of one thread.
 *
 * <p>Bounded: where too many are open, the one that has been quiet the longest is closed.
 */
public final class IncidentBook {

    /** So many are open in a partition at once, of a kilobyte or two each. */
    public static final int MOST_OPEN = 5_000;

    private static final Comparator<Incident> QUIETEST_FIRST =
            Comparator.comparingLong(Incident::active).thenComparing(Incident::id);

    private final long gapMillis;
    private final int mostOpen;
    private final Keeper keeper;
    private final Map<Place, List<Incident>> byPlace = new HashMap<>();
    private final NavigableSet<Incident> all = new TreeSet<>(QUIETEST_FIRST);

    /** What keeps open incidents, by their id. */
    public interface Keeper {

        void put(String id, byte[] incident);

        void remove(String id);
    }

    private record Place(String topic, String identity) {}

    public IncidentBook(IncidentGap gap, int mostOpen, Keeper keeper) {
        gapMillis = gap.millis();
        this.mostOpen = mostOpen;
        this.keeper = keeper;
    }

    /**
     * Takes an incident in that was kept.
     *
     * @throws IllegalArgumentException if it cannot be read
     */
    public void restore(byte[] kept) {
        enter(IncidentState.read(kept));
    }

    /** How many are open. */
    public int size() {
        return all.size();
    }

    /** The stream's time at the latest flag, milliseconds since 1970-01-01T00:00Z; 0 where nothing is open. */
    public long latest() {
        return all.isEmpty() ? 0 : all.last().active();
    }

    /** Puts a flag where it belongs, and tells what is worth it. */
    public void add(FlaggedRecord flag, long time, Consumer<IncidentEvent> told) {
        Incident open = find(flag);
        if (open == null) {
            if (all.size() >= mostOpen) {
                close(all.first(), "room", told);
            }
            Incident opened = Incident.open(flag, time);
            enter(opened);
            keep(opened);
            told.accept(opened.event(Incident.OPENED, "first"));
            return;
        }
        Incident joined = open.with(flag, time);
        String news = joined.news();
        replace(open, news == null ? joined : joined.asTold());
        if (news != null) {
            told.accept(joined.event(Incident.UPDATED, news));
        }
    }

    /** Counts a muted flag where it would belong. It opens nothing, and keeps nothing open. */
    public void addMuted(FlaggedRecord flag) {
        Incident open = find(flag);
        if (open != null) {
            replace(open, open.withMuted());
        }
    }

    /** Closes what has been quiet for as long as the gap. */
    public void closeUntil(long time, Consumer<IncidentEvent> told) {
        while (!all.isEmpty() && all.first().active() < time - gapMillis) {
            close(all.first(), "quiet", told);
        }
    }

    private Incident find(FlaggedRecord flag) {
        for (Incident open : byPlace.getOrDefault(new Place(flag.topic(), flag.identity()), List.of())) {
            if (open.takes(flag, gapMillis)) {
                return open;
            }
        }
        return null;
    }

    private void replace(Incident before, Incident after) {
        leave(before);
        enter(after);
        keep(after);
    }

    private void close(Incident open, String why, Consumer<IncidentEvent> told) {
        leave(open);
        keeper.remove(open.id());
        told.accept(open.event(Incident.CLOSED, why));
    }

    private void keep(Incident incident) {
        keeper.put(incident.id(), IncidentState.write(incident));
    }

    private void enter(Incident incident) {
        all.add(incident);
        byPlace.computeIfAbsent(place(incident), none -> new ArrayList<>()).add(incident);
    }

    private void leave(Incident incident) {
        all.remove(incident);
        byPlace.computeIfPresent(place(incident), (place, there) -> {
            there.remove(incident);
            return there.isEmpty() ? null : there;
        });
    }

    private static Place place(Incident incident) {
        return new Place(incident.topic(), incident.identity());
    }
}
