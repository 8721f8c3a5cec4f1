package dev.surprisal.scorer.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.scorer.drift.DriftReport.FieldDrift;
import dev.surprisal.scorer.drift.DriftReport.ScoreDrift;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.instance.InstanceSummary;
import dev.surprisal.scorer.stream.DriftOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

class PipelineDriftTest {

    private static final DriftReport UNTOUCHED =
            new DriftMonitor(DriftOptions.USUAL, (change, report) -> {}).untouched(TinyModel.card(9_999));
    private static final DriftReport NOTHING_YET = DriftReport.off("no record has been scored yet");

    @Test
    void aloneItIsWhatThisInstanceFound() {
        PipelineDrift alone = PipelineDrift.of(report(DriftState.DRIFTING, 0.2, 5), UNTOUCHED, List.of());

        assertThat(alone.contributed()).isEqualTo(1);
        assertThat(alone.instances()).isEmpty();
        assertThat(amount(alone).index()).isEqualTo(0.2);
        assertThat(PipelineDrift.of(NOTHING_YET, UNTOUCHED, List.of()).report()).isSameAs(NOTHING_YET);
    }

    @Test
    void sharesAddUpAndTheWorstStateIsNamed() {
        PipelineDrift both = PipelineDrift.of(
                report(DriftState.STABLE, 0.01, 5), UNTOUCHED, List.of(other(report(DriftState.DRIFTED, 0.7, 9))));

        assertThat(both.contributed()).isEqualTo(2);
        assertThat(both.instances()).containsEntry("amount", "two").containsEntry(DriftReport.SCORES, "two");
        assertThat(amount(both).state()).isEqualTo(DriftState.DRIFTED);
        assertThat(amount(both).index()).isEqualTo(0.7);
        assertThat(amount(both).counts()[1]).isEqualTo(14);
        assertThat(both.report().windows()).isEqualTo(6);
        assertThat(both.report().scores().evidence()).isEqualTo(9);
        assertThat(both.report().retrainBecauseOf()).containsExactly("amount");
    }

    @Test
    void whereNothingCameHereItIsWhatOthersFound() {
        PipelineDrift theirs =
                PipelineDrift.of(NOTHING_YET, UNTOUCHED, List.of(other(report(DriftState.DRIFTING, 0.2, 9))));

        assertThat(theirs.contributed()).isEqualTo(1);
        assertThat(amount(theirs).state()).isEqualTo(DriftState.DRIFTING);
        assertThat(amount(theirs).labels()).isEqualTo(UNTOUCHED.fields().get(0).labels());
    }

    @Test
    void whatAnotherModelOrAnotherReferenceSaysIsLeftOut() {
        DriftReport of = report(DriftState.DRIFTED, 0.7, 9);
        DriftReport otherModel = new DriftReport(
                null, of.model(), "another", of.window(), of.seen(), of.windows(), of.scores(), of.fields());
        DriftReport otherCells = new DriftReport(
                null,
                of.model(),
                of.modelVersion(),
                of.window(),
                of.seen(),
                of.windows(),
                ScoreDrift.NONE,
                List.of(of.fields().get(0).withCounts(new long[2])));

        PipelineDrift here = PipelineDrift.of(
                report(DriftState.STABLE, 0.01, 5), UNTOUCHED, List.of(other(otherModel), other(otherCells)));

        assertThat(here.contributed()).isEqualTo(2);
        assertThat(amount(here).state()).isEqualTo(DriftState.STABLE);
        assertThat(amount(here).counts()[1]).isEqualTo(5);
    }

    private static FieldDrift amount(PipelineDrift drift) {
        return drift.report().fields().get(0);
    }

    /** A window of amounts, all in one cell. */
    private static DriftReport report(DriftState state, double index, long records) {
        FieldDrift field = UNTOUCHED.fields().get(0);
        long[] counts = new long[field.counts().length];
        counts[1] = records;
        FieldDrift amount = new FieldDrift(
                field.field(),
                state,
                index,
                0.001,
                "amount has moved",
                1,
                2,
                3,
                field.usualMedian(),
                field.reference(),
                counts,
                field.labels());
        return new DriftReport(
                null,
                UNTOUCHED.model(),
                UNTOUCHED.modelVersion(),
                UNTOUCHED.window(),
                7,
                3,
                new ScoreDrift(DriftState.STABLE, records),
                List.of(amount));
    }

    private static InstanceSummary other(DriftReport report) {
        return new InstanceSummary(
                "payments",
                "two",
                1,
                2,
                "RUNNING",
                true,
                null,
                TinyModel.VERSION,
                null,
                List.of(),
                0,
                0,
                0,
                0,
                new long[0],
                null,
                null,
                PipelineDrift.told(report));
    }
}
