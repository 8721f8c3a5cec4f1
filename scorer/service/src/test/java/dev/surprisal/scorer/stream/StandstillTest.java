package dev.surprisal.scorer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

class StandstillTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Standstill standstill = new Standstill();
    private final Map<MetricName, Metric> metrics = new HashMap<>();

    @Test
    void tellsTheThreadThatDoesNotGoRound() {
        rounds("1", 5);
        rounds("2", 5);
        assertThat(standstill.look(metrics, 0)).isNull();
        rounds("1", 6);
        assertThat(standstill.look(metrics, 10 * SECOND)).isNull();
        rounds("1", 7);
        assertThat(standstill.look(metrics, 15 * SECOND)).hasSeconds(15);
        rounds("2", 6);
        assertThat(standstill.look(metrics, 20 * SECOND)).isNull();
    }

    private void rounds(String thread, double count) {
        MetricName name = new MetricName("poll-total", "stream-thread-metrics", "", Map.of("thread-id", thread));
        metrics.put(name, new Metric() {
            @Override
            public MetricName metricName() {
                return name;
            }

            @Override
            public Object metricValue() {
                return count;
            }
        });
    }
}
