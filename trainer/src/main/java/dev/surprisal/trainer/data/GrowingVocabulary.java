package dev.surprisal.trainer.data;

import dev.surprisal.schemas.record.CategoryCodes;
import dev.surprisal.schemas.record.Vocabulary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of a category column as they come, numbered from 1 in the order of their first appearance, and how often each came.
 *
 * <p>Values that came once say little of themselves, and together how often to expect a value never seen (Good 1953): they, and all but the {@value #MOST}
 * most frequent, count as unseen in the model.
 */
final class GrowingVocabulary implements CategoryCodes {

    private static final int MOST = 1_000;
    /** Beyond so many different values, further ones are not told apart. */
    private static final int MOST_IN_MEMORY = 1_000_000;

    private final Map<String, Entry> entries = new HashMap<>();
    private long total;

    @Override
    public int code(String value) {
        total++;
        Entry entry = entries.get(value);
        if (entry == null) {
            if (entries.size() == MOST_IN_MEMORY) {
                return UNSEEN;
            }
            entry = new Entry(value, entries.size() + 1);
            entries.put(value, entry);
        }
        entry.count++;
        return entry.number;
    }

    Numbering settle() {
        List<Entry> kept = entries.values().stream()
                .filter(entry -> entry.count > 1)
                .sorted(Comparator.comparingLong((Entry entry) -> -entry.count).thenComparing(entry -> entry.value))
                .limit(MOST)
                .toList();
        int[] codes = new int[entries.size() + 1];
        List<String> values = new ArrayList<>();
        long seen = 0;
        for (Entry entry : kept) {
            values.add(entry.value);
            codes[entry.number] = values.size();
            seen += entry.count;
        }
        double unseen = (total - seen + 1.0) / (total + 2.0);
        return new Numbering(new Vocabulary(values), codes, Math.min(0.5, unseen));
    }

    /**
     * The numbering for the model.
     *
     * @param codes the final code of each first number
     * @param unseenProbability the share of values that are not in the vocabulary, with one more to either side
     */
    record Numbering(Vocabulary vocabulary, int[] codes, double unseenProbability) {}

    private static final class Entry {
        private final String value;
        private final int number;
        private long count;

        Entry(String value, int number) {
            this.value = value;
            this.number = number;
        }
    }
}
