package dev.surprisal.scorer.stream;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * Tells when a stream thread has stopped going round. It asks for records several times a second, even where there are none, unless Kafka does not take what it writes: too few replicas
 * are in sync, or a quota is used up. Kafka Streams itself calls that running.
 */
final class Standstill {

    static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Map<String, Round> rounds = new HashMap<>();

    private record Round(double count, long sinceNanos) {}

    /**
     * Looks at the threads' counts of rounds.
     *
     * @return how long the one has stood still that did so the longest; null while all go round
     */
    Duration look(Map<MetricName, ? extends Metric> metrics, long nowNanos) {
        long longest = 0;
        for (Map.Entry<MetricName, ? extends Metric> metric : metrics.entrySet()) {
            MetricName name = metric.getKey();
            if (name.name().equals("poll-total") && name.group().equals("stream-thread-metrics")) {
                String thread = name.tags().get("thread-id");
                double count = (Double) metric.getValue().metricValue();
                Round last = rounds.get(thread);
                if (last == null || last.count != count) {
                    rounds.put(thread, new Round(count, nowNanos));
                } else {
                    longest = Math.max(longest, nowNanos - last.sinceNanos);
                }
            }
        }
        return longest < PATIENCE.toNanos() ? null : Duration.ofNanos(longest);
    }
}
