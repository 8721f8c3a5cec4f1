package dev.surprisal.trainer.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.engine.AlarmLine;
import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.FirstLook;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FirstLookCalibratorTest {

    private static final int RECORDS = 20_000;
    private static final double LACKS = 80;

    private final double[] full = new double[RECORDS];
    private final double[] first = new double[RECORDS];

    private FirstLook calibrated() {
        Calibration calibration = Calibration.of(full, new double[0]);
        return new FirstLook(
                FirstLookCalibrator.margins(first, full, calibration), Calibration.of(first, new double[0]));
    }

    private void fill() {
        Random random = new Random(1);
        for (int i = 0; i < RECORDS; i++) {
            full[i] = random.nextGaussian();
            first[i] = full[i] - random.nextDouble();
        }
    }

    @Test
    void whatAnExtremeRecordLacksIsOfNoMatterWhileItsFirstLookIsBeyondTheLine() {
        fill();
        full[7] = 1_000;
        first[7] = full[7] - LACKS;

        assertThat(calibrated().margin(1e-3)).isBetween(0.5, 1.0);
    }

    @Test
    void noFlagOfHeldOutRecordsIsMissed() {
        fill();
        full[7] = 5;
        first[7] = full[7] - LACKS;
        FirstLook look = calibrated();
        Calibration calibration = Calibration.of(full, new double[0]);

        for (double level : new double[] {1e-4, 2e-4, 1e-3, 5e-3, 1e-2, 0.07}) {
            double line = AlarmLine.of(calibration, level);
            for (int i = 0; i < RECORDS; i++) {
                if (full[i] >= line) {
                    assertThat(first[i]).isGreaterThanOrEqualTo(line - look.margin(level));
                }
            }
        }
    }

    @Test
    void whereNoLineIsKnownTheGreatestDifferenceCounts() {
        fill();
        full[7] = 1_000;
        first[7] = full[7] - LACKS;

        assertThat(calibrated().margin(1e-6)).isCloseTo(LACKS, within(1e-9));
    }
}
