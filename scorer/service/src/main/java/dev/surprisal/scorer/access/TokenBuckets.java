package dev.surprisal.scorer.access;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Token buckets of many clients: each may do something so often a second, and after a pause a number of times at once. The clients seen longest ago are forgotten when there are too many. */
final class TokenBuckets {

    private static final double NANOS = 1e9;

    private final double perSecond;
    private final double burst;
    private final LongSupplier nanoTime;
    private final Map<String, Bucket> buckets;

    private static final class Bucket {
        double tokens;
        long at;
    }

    /** @param most how many clients are remembered */
    TokenBuckets(double perSecond, double burst, int most, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.nanoTime = nanoTime;
        buckets = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                return size() > most;
            }
        };
    }

    /**
     * Takes a token.
     *
     * @return 0 if there was one, else after how many seconds there will be
     */
    synchronized int take(String client) {
        Bucket bucket = filled(client);
        if (bucket.tokens >= 1) {
            bucket.tokens--;
            return 0;
        }
        return Math.max(1, (int) Math.ceil((1 - bucket.tokens) / perSecond));
    }

    private Bucket filled(String client) {
        long now = nanoTime.getAsLong();
        Bucket bucket = buckets.computeIfAbsent(client, key -> {
            Bucket full = new Bucket();
            full.tokens = burst;
            full.at = now;
            return full;
        });
        bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / NANOS * perSecond);
        bucket.at = now;
        return bucket;
    }

    synchronized int size() {
        return buckets.size();
    }
}
