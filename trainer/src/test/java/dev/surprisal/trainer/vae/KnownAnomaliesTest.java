package dev.surprisal.trainer.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.export.LatentNoise;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KnownAnomaliesTest {

    private static final VaeConfig SMALL = new VaeConfig(3, List.of(16), 8, 64, 400, 5e-3, 0, 0, 1);
    private static final Columns COLUMNS = new Columns(Collections.nCopies(2, NumberLikelihood.STUDENT_T), List.of());

    @Test
    void weighsAnomaliesByHowFarTheyStandAboveTheLine() {
        // The median of the fourteen others is 7, their lowest twentieth 0: the line is at -7.
        double[] bounds = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, -7, 50};
        double[] weights = new double[16];

        KnownAnomalies.weigh(bounds, weights);

        assertThat(Arrays.copyOf(weights, 14)).containsOnly(1);
        assertThat(weights[14]).isCloseTo(-0.5, within(1e-12));
        assertThat(weights[15]).isCloseTo(-1, within(1e-12));
    }

    @Test
    void leavesAnAnomalyAloneThatIsImprobableAlready() {
        double[] bounds = {0, 1, 2, 3, 4, 5, 6, -1e30};
        double[] weights = new double[8];

        KnownAnomalies.weigh(bounds, weights);

        assertThat(weights[7]).isZero();
    }

    @Test
    void makesSuchRecordsImprobableThatWereNot() {
        Random random = new Random(4);
        EncodedRows normal = around(0, 2_000, random);
        // Within the range of the normal ones, so that a model of these alone does not mind them.
        EncodedRows known = around(1.5, 20, random);
        EncodedRows fresh = around(1.5, 300, random);
        EncodedRows others = around(0, 300, random);

        TrainedVae unaware = VaeTrainer.fit(normal, COLUMNS, SMALL, (step, steps, bound) -> {});
        TrainedVae aware = VaeTrainer.fit(normal, known, COLUMNS, SMALL, FitOptions.NONE, (step, steps, bound) -> {})
                .vae();

        double before = median(unaware, others) - median(unaware, fresh);
        double after = median(aware, others) - median(aware, fresh);
        assertThat(after).isGreaterThan(before + 2);
        assertThat(median(aware, others)).isGreaterThan(median(unaware, others) - 1);
    }

    /** Wide normal records, or a tight cloud of anomalies beside their middle. */
    private static EncodedRows around(double centre, int count, Random random) {
        double width = centre == 0 ? 1 : 0.2;
        float[] numbers = new float[2 * count];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (centre + width * random.nextGaussian());
        }
        return new EncodedRows(count, 2, 0, numbers, new int[0]);
    }

    private static double median(TrainedVae vae, EncodedRows rows) {
        double[] bounds =
                VaeScores.of(List.of(vae), LatentNoise.of(16, 3), rows).elbo();
        Arrays.sort(bounds);
        return bounds[bounds.length / 2];
    }
}
