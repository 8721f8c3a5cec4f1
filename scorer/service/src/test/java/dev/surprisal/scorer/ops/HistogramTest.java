package dev.surprisal.scorer.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HistogramTest {

    private final Histogram histogram = new Histogram(1, 10, 100);

    @Test
    void countsValuesUpToAndIncludingEachBoundAndPassesOverNaN() {
        histogram.add(new double[] {0, 1, 1.5, 10, 1_000, Double.NaN});

        Histogram.Snapshot snapshot = histogram.snapshot();

        assertThat(snapshot.counts()).containsExactly(2, 2, 0, 1);
        assertThat(snapshot.bounds()).containsExactly(1, 10, 100, Double.POSITIVE_INFINITY);
        assertThat(snapshot.count()).isEqualTo(5);
        assertThat(snapshot.sum()).isEqualTo(1_012.5);
    }

    @Test
    void findsQuantilesBetweenBoundsAndNeverBeyondTheLargest() {
        for (int i = 0; i < 9; i++) {
            histogram.add(5);
        }
        histogram.add(1_000);

        Histogram.Snapshot snapshot = histogram.snapshot();

        assertThat(snapshot.quantile(0.45)).isCloseTo(1 + 9 * 0.5, within(1e-9));
        assertThat(snapshot.quantile(0.99)).isEqualTo(100);
        assertThat(new Histogram(1).snapshot().quantile(0.5)).isNaN();
    }

    @Test
    void tellsWhatCameSinceAnEarlierLook() {
        histogram.add(5);
        Histogram.Snapshot earlier = histogram.snapshot();
        histogram.add(50);

        Histogram.Snapshot since = histogram.snapshot().since(earlier);

        assertThat(since.counts()).containsExactly(0, 0, 1, 0);
        assertThat(since.sum()).isEqualTo(50);
    }
}
