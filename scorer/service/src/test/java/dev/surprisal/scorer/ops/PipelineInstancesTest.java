package dev.surprisal.scorer.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.scorer.instance.InstanceSummary;
import dev.surprisal.scorer.instance.InstanceSummary.Partition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PipelineInstancesTest {

    private static final long START = 1_000_000;
    /** Verdicts of 20 to 30 ms. */
    private static final int BIN = 3;

    private final PipelineInstances instances = new PipelineInstances("one");

    @Test
    void ratesOfAllAddUp() {
        instances.tell(summary("one", START, 0, 5), START);
        instances.hear(summary("two", START - 90_000, 0, 2), START);
        assertThat(instances.sample(START)).isNull();

        instances.tell(summary("one", START + 1_000, 100, 7), START + 1_000);
        // Its clock is behind, and it speaks every other second.
        instances.hear(summary("two", START - 88_000, 600, 3), START + 2_000);

        ActivityHistory.Sample sample = instances.sample(START + 2_000);
        assertThat(sample.records()).isCloseTo(400, within(1e-9));
        assertThat(sample.flags()).isCloseTo(4, within(1e-9));
        assertThat(sample.lag()).isEqualTo(10);
        assertThat(sample.latencyMedian()).isBetween(0.02, 0.03);
        assertThat(instances.lag(Map.of(0, 8L), START + 2_000))
                .containsExactlyInAnyOrderEntriesOf(Map.of(0, 8L, 1, 3L));
        assertThat(instances.ofOthers(InstanceSummary::records, START + 2_000)).isEqualTo(600);
        assertThat(instances.part(START + 2_000).contributed()).isEqualTo(2);
    }

    @Test
    void whoIsSilentIsToldOfButNotCountedInAndForgottenInTheEnd() {
        instances.hear(summary("two", START, 600, 3), START);
        long late = START + PipelineInstances.SILENT_MILLIS + 1;
        instances.tell(summary("one", late, 100, 7), late);

        assertThat(instances.part(late)).isEqualTo(new PipelineInstances.Part(1, List.of("two")));
        assertThat(instances.ofOthers(InstanceSummary::records, late)).isZero();
        assertThat(instances.all(late))
                .extracting(told -> told.summary().instance(), PipelineInstances.Told::silent)
                .containsExactly(tuple("one", false), tuple("two", true));

        long forgotten = START + PipelineInstances.FORGOTTEN_MILLIS + 1;
        instances.tell(summary("one", forgotten, 100, 7), forgotten);
        assertThat(instances.all(forgotten)).hasSize(1);
    }

    @Test
    void whoHasStoppedIsGoneAndWhoStartedAgainCountsAnew() {
        instances.tell(summary("one", START, 0, 0), START);
        instances.hear(summary("two", START, 600, 0), START);
        InstanceSummary again = new InstanceSummary(
                "payments",
                "two",
                START + 5,
                START + 10,
                "RUNNING",
                true,
                null,
                "v",
                null,
                List.of(),
                3,
                3,
                0,
                0,
                new long[20],
                null,
                null,
                null);
        instances.hear(again, START + 10);
        assertThat(instances.all(START + 10).get(1).recordsPerSecond()).isZero();

        instances.leave("two");
        assertThat(instances.all(START + 10)).hasSize(1);
    }

    @Test
    void moreThanCanBeKnownArePassedOver() {
        for (int i = 0; i < PipelineInstances.MOST + 10; i++) {
            instances.hear(summary("i" + i, START, 1, 0), START);
        }
        assertThat(instances.others(START)).hasSize(PipelineInstances.MOST);
        // What is heard under its own name, from before its start, is nobody else.
        instances.hear(summary("one", START, 1, 0), START);
        assertThat(instances.others(START)).hasSize(PipelineInstances.MOST);
    }

    @Test
    void partsOfAComparisonAddUp() {
        ShadowComparison.Snapshot half = new ShadowComparison.Snapshot(
                "a", "b", Instant.EPOCH, 2, 1, 0, 1, 1, 1, new ShadowComparison.Sums(3, 6, 5, 20, 10), bins(1));
        ShadowComparison.Snapshot other = ShadowComparison.Snapshot.of(new ShadowComparison.Snapshot(
                        "a",
                        "b",
                        Instant.EPOCH.plusSeconds(9),
                        2,
                        0,
                        2,
                        1,
                        0,
                        0,
                        new ShadowComparison.Sums(7, 14, 25, 100, 50),
                        bins(2))
                .told());

        ShadowComparison.Snapshot whole = half.plus(other);

        assertThat(whole.records()).isEqualTo(4);
        assertThat(whole.since()).isEqualTo(Instant.EPOCH);
        assertThat(whole.refusedByShadow()).isEqualTo(2);
        assertThat(whole.meanSurprise()).isEqualTo(2.5);
        assertThat(whole.shadowMeanSurprise()).isEqualTo(5);
        // The shadow's are 2, 4, 6 and 8 where the model's are 1, 2, 3 and 4.
        assertThat(whole.correlation()).isCloseTo(1, within(1e-12));
        assertThat(whole.bins()[3][4]).isEqualTo(3);
    }

    private static long[][] bins(long count) {
        long[][] bins = new long[ShadowComparison.BINS][ShadowComparison.BINS];
        bins[3][4] = count;
        return bins;
    }

    private static InstanceSummary summary(String name, long time, long records, long lag) {
        long[] ages = new long[PipelineActivity.AGES.length + 1];
        ages[BIN] = records;
        return new InstanceSummary(
                "payments",
                name,
                1,
                time,
                "RUNNING",
                true,
                null,
                "v",
                null,
                List.of(new Partition(name.equals("one") ? 0 : 1, lag)),
                records,
                records,
                records / 100,
                0,
                ages,
                null,
                null,
                null);
    }
}
