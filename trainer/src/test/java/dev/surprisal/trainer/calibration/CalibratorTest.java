package dev.surprisal.trainer.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.ScoreOutput;
import dev.surprisal.trainer.data.DataException;
import dev.surprisal.trainer.data.EncodedRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalibratorTest {

    private final List<String> said = new ArrayList<>();

    @Test
    void withoutRecordsThereIsNoCalibration() {
        EncodedRows none = new EncodedRows(0, 1, 0, new float[0], new int[0]);

        assertThatThrownBy(() -> Calibrator.calibrate(null, ScoreOutput.ELBO, none, done -> {}, said::add))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no record was held out");
    }

    @ParameterizedTest(name = "{0} calibration records")
    @ValueSource(ints = {1, 50})
    void fewRecordsMakeCoarsePValuesAndAWarning(int records) {
        Calibration calibration =
                Calibrator.of(new Random(1).doubles(records).toArray(), new double[0], null, said::add);

        assertThat(calibration.pValue(2)).isEqualTo(1.0 / (records + 1)).isEqualTo(calibration.finest());
        assertThat(said).singleElement().asString().contains("p-values end at 1/" + (records + 1), "it takes 500");
        assertThat(Guarantee.of(calibration, new AlarmRate(1e-3)))
                .startsWith("Warning: " + records)
                .contains("nothing will ever be flagged");
    }

    @Test
    void scoresThatAreNoNumbersAreRefused() {
        assertThatThrownBy(() -> Calibrator.of(new double[] {1, Double.NaN}, new double[0], null, said::add))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no finite score");
    }

    @Test
    void theGuaranteeSaysWhatItRestsOn() {
        Calibration calibration = Calibrator.of(new Random(1).doubles(2_000).toArray(), new double[0], null, said::add);

        assertThat(said).isEmpty();
        assertThat(Guarantee.of(calibration, new AlarmRate(1e-2))).contains("1/100 are flagged on average");
        assertThat(Guarantee.of(calibration, new AlarmRate(1e-4))).contains("rests on the tail");
        assertThat(Guarantee.of(calibration, new AlarmRate(1e-9))).startsWith("Warning");
    }

    /** P(Beta(k, n + 1 - k) > b) = P(Binomial(n, b) < k). */
    @Test
    void theUpperBoundIsThatOfTheBetaDistribution() {
        Calibration calibration = Calibration.of(new Random(1).doubles(4_000).toArray(), new double[0]);

        double bound = Guarantee.upperBound(calibration, new AlarmRate(1e-2));

        assertThat(BinomialDistribution.of(4_000, bound).cumulativeProbability(39))
                .isCloseTo(0.05, within(1e-6));
    }
}
