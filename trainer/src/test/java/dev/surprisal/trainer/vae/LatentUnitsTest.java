package dev.surprisal.trainer.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatentUnitsTest {

    @Test
    void aUnitIsActiveWhereItsMeanVariesOverTheRecords() {
        double[][] projection = {{0.5, 0}, {0.05, 0}, {0, 0}, {0, 0.2}};
        LinearVae vae = new LinearVae(new double[2][4], 1, projection, new double[] {1, 1, 1, 1});
        float[] numbers = {1, 2, -1, 2, 1, -2, -1, -2};

        LatentUnits units = LatentUnits.of(List.of(vae.vae()), new EncodedRows(4, 2, 0, numbers, new int[0]));

        assertThat(units.variance()).containsExactly(new double[] {0.25, 0.0025, 0, 0.16}, within(1e-6));
        assertThat(units.active()).isEqualTo(2);
        assertThat(units.count()).isEqualTo(4);
    }

    @Test
    void ofAnEnsembleAllUnitsCount() {
        TrainedVae vae = LinearVae.exact().vae();

        LatentUnits units = LatentUnits.of(List.of(vae, vae), LinearVae.exact().sample(1_000, new Random(1)));

        assertThat(units.active()).isEqualTo(4);
        assertThat(units.count()).isEqualTo(4);
    }

    @Test
    void tooGreatAWeightOfTheDivergenceCollapsesThePosterior() {
        EncodedRows rows = LinearVae.exact().sample(500, new Random(2));
        Columns columns = new Columns(Collections.nCopies(5, NumberLikelihood.STUDENT_T), List.of());
        VaeConfig config = new VaeConfig(4, List.of(16), 0, 64, 300, 5e-3, 0, 0, 1);

        LatentUnits usual = LatentUnits.of(List.of(fit(rows, columns, config)), rows);
        LatentUnits collapsed = LatentUnits.of(List.of(fit(rows, columns, config.withBeta(20))), rows);

        assertThat(usual.active()).isPositive();
        assertThat(LatentUnits.haveCollapsed(usual.active(), usual.count())).isFalse();
        assertThat(collapsed.active()).isZero();
        assertThat(LatentUnits.haveCollapsed(collapsed.active(), collapsed.count()))
                .isTrue();
    }

    @Test
    void oneOfSixteenIsTooFew() {
        assertThat(LatentUnits.haveCollapsed(1, 16)).isTrue();
        assertThat(LatentUnits.haveCollapsed(2, 16)).isFalse();
    }

    private static TrainedVae fit(EncodedRows rows, Columns columns, VaeConfig config) {
        return VaeTrainer.fit(rows, columns, config, (step, steps, bound) -> {});
    }
}
