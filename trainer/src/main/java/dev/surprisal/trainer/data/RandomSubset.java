package dev.surprisal.trainer.data;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/** Some of many indices, every set of so many equally likely. */
public final class RandomSubset {

    private RandomSubset() {}

    /**
     * Draws distinct indices, by Floyd's algorithm (Bentley and Floyd 1987), which takes no more memory than they do.
     *
     * @param size of how many, from 0 on
     * @param count how many; at most {@code size}
     * @return ascending
     */
    public static long[] of(long size, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Set<Long> drawn = new HashSet<>(2 * count);
        for (long last = size - count; last < size; last++) {
            long index = random.nextLong(last + 1);
            drawn.add(drawn.contains(index) ? last : index);
        }
        return drawn.stream().mapToLong(Long::longValue).sorted().toArray();
    }
}
