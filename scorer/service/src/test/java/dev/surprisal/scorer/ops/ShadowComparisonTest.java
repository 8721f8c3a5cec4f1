package dev.surprisal.scorer.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.model.ModelSwitch;
import dev.surprisal.scorer.model.ModelSwitch.Serving;
import dev.surprisal.scorer.stream.ComparedBatch;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShadowComparisonTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final ModelSwitch models = new ModelSwitch(null);
    private final PipelineActivity activity = new PipelineActivity(Clock.fixed(START, ZoneOffset.UTC));

    @BeforeEach
    void serve() {
        models.serve(ScoringModel.open(TinyModel.version("a"), "a"));
        models.shadow(ScoringModel.open(TinyModel.version("b"), "b"));
    }

    @AfterEach
    void close() {
        models.close();
    }

    @Test
    void countsWhatBothSayOfTheSameRecords() {
        activity.compared(batch(
                new double[] {0.5, 2, 13, 12, Double.NaN, 1},
                new double[] {1, 4, 26, 3, 2, Double.NaN},
                new boolean[] {false, false, true, true, false, false},
                new boolean[] {false, false, true, false, false, false}));

        ShadowComparison.Snapshot found = activity.comparison(models.serving());

        assertThat(found.modelVersion()).isEqualTo("a");
        assertThat(found.shadowVersion()).isEqualTo("b");
        assertThat(found.since()).isEqualTo(START);
        assertThat(found.records()).isEqualTo(4);
        assertThat(found.refusedByModel()).isEqualTo(1);
        assertThat(found.refusedByShadow()).isEqualTo(1);
        assertThat(found.flaggedByModel()).isEqualTo(2);
        assertThat(found.flaggedByShadow()).isEqualTo(1);
        assertThat(found.flaggedByBoth()).isEqualTo(1);
        assertThat(found.meanSurprise()).isEqualTo(27.5 / 4);
        assertThat(found.shadowMeanSurprise()).isEqualTo(34.0 / 4);
        assertThat(found.bins()[0][1]).isEqualTo(1);
        assertThat(found.bins()[2][4]).isEqualTo(1);
        assertThat(found.bins()[13][15]).isEqualTo(1);
        assertThat(found.bins()[12][3]).isEqualTo(1);
        assertThat(activity.shadowScores()).isEqualTo(5);
        assertThat(activity.shadowFlags()).isEqualTo(1);
    }

    @Test
    void correlatesSurprises() {
        assertThat(activity.comparison(models.serving())).isNull();
        activity.compared(batch(new double[] {1, 2, 3}, new double[] {2, 4, 6}, new boolean[3], new boolean[3]));
        assertThat(activity.comparison(models.serving()).correlation()).isCloseTo(1, within(1e-12));

        activity.compared(batch(new double[] {1, 2, 3}, new double[] {6, 4, 2}, new boolean[3], new boolean[3]));
        assertThat(activity.comparison(models.serving()).correlation()).isCloseTo(0, within(1e-12));
    }

    @Test
    void beginsAnewWithAnotherShadowAndEndsWithIt() {
        activity.compared(batch(new double[] {1}, new double[] {1}, new boolean[1], new boolean[1]));
        assertThat(activity.comparison(models.serving()).correlation()).isNaN();

        models.shadow(ScoringModel.open(TinyModel.version("c"), "c"));
        assertThat(activity.comparison(models.serving())).isNull();
        activity.compared(batch(new double[] {1}, new double[] {1}, new boolean[1], new boolean[1]));
        assertThat(activity.comparison(models.serving()).records()).isEqualTo(1);
        assertThat(activity.comparison(models.serving()).shadowVersion()).isEqualTo("c");

        models.shadow(null);
        assertThat(activity.comparison(models.serving())).isNull();
    }

    private ComparedBatch batch(double[] surprise, double[] shadow, boolean[] flags, boolean[] shadowFlags) {
        Serving now = models.serving();
        return new ComparedBatch(now.model(), now.shadow(), surprise, shadow, flags, shadowFlags);
    }
}
