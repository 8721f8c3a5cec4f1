package dev.surprisal.scorer.api;

import dev.surprisal.scorer.ops.RecentLog.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A page of what a log holds.
 *
 * @param items the latest first
 * @param next the number before which the next page begins; null on the last one
 * @param matching how many of all match the filter
 */
record LogPage<V>(List<V> items, Long next, int matching) {

    private static final int MOST = 500;

    /** @throws ProblemException if a page cannot have so many items */
    static void checkLimit(int limit) {
        if (limit < 1 || limit > MOST) {
            throw ProblemException.badRequest("limit must lie between 1 and " + MOST + ", not " + limit);
        }
    }

    /**
     * The page of those that match a filter.
     *
     * @param all the latest first
     * @param before the number that all on the page are less than; null for the first page
     */
    static <T, V> LogPage<V> of(
            List<Entry<T>> all, Predicate<T> wanted, Long before, int limit, Function<Entry<T>, V> view) {
        List<V> items = new ArrayList<>();
        int matching = 0;
        long last = 0;
        boolean more = false;
        for (Entry<T> entry : all) {
            if (wanted.test(entry.value())) {
                matching++;
                if (before == null || entry.number() < before) {
                    if (items.size() < limit) {
                        items.add(view.apply(entry));
                        last = entry.number();
                    } else {
                        more = true;
                    }
                }
            }
        }
        return new LogPage<>(items, more ? (Long) last : null, matching);
    }
}
